"""URLs of the web, in the one spelling that everybody reads alike."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final
from urllib.parse import urljoin

from lambda_fn.errors import MediaUrlInvalidError

LONGEST: Final = 4096
"""Characters. An address that S3 has signed has up to 2,000."""
DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_LONGEST_HOST: Final = 253
_CHARACTERS: Final = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_PARTS: Final = re.compile(
    r"(?P<scheme>https?)://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?:#.*)?", re.IGNORECASE
)
_AUTHORITY: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(?P<port>[1-9][0-9]{0,4}))?")
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")


@dataclass(frozen=True, slots=True)
class WebUrl:
    """An `https` or `http` URL, taken apart."""

    scheme: str
    host: str
    """A name in lower case, or an address without brackets."""
    port: int
    target: str
    """Path and query."""

    def joined(self, location: str) -> "WebUrl":
        """Return where a redirect to `location` leads; MediaUrlInvalidError as of `parse_web_url`."""
        _check_characters(location)
        host = f"[{self.host}]" if ":" in self.host else self.host
        try:
            return parse_web_url(urljoin(f"{self.scheme}://{host}:{self.port}{self.target}", location))
        except ValueError:  # urljoin's, at unpaired brackets
            raise MediaUrlInvalidError("The URL redirects to what is no URL.") from None


def parse_web_url(url: str) -> WebUrl:
    """Take a URL apart; MediaUrlInvalidError where it isn't spelled plainly.

    Whatever libraries are known to read in different ways is refused: user names, backslashes, white space, letters
    and digits beyond ASCII, and addresses in any form but 192.0.2.1 and [2001:db8::1].
    """
    _check_characters(url)
    parts = _PARTS.fullmatch(url)
    if parts is None:
        raise MediaUrlInvalidError("The URL must begin with https:// or s3://, and a host must follow.")
    if "@" in parts["authority"]:
        raise MediaUrlInvalidError("The URL must not hold a user name or password.")
    match = _AUTHORITY.fullmatch(parts["authority"])
    if match is None:
        raise MediaUrlInvalidError("The URL's host must be a plain name or address, and its port a number.")
    scheme = parts["scheme"].lower()
    target = (parts["path"] or "/") + (parts["query"] or "")
    return WebUrl(scheme, _host(match["host"]), _port(match["port"], scheme), target)


def _check_characters(url: str) -> None:
    if len(url) > LONGEST:
        raise MediaUrlInvalidError(f"A URL may have at most {LONGEST:,} characters.")
    if not _CHARACTERS.fullmatch(url):
        raise MediaUrlInvalidError(
            "The URL has a character that URLs don't have. Percent-encode it; of a host's name, send the xn-- form."
        )


def _port(port: str | None, scheme: str) -> int:
    number = int(port) if port else DEFAULT_PORTS[scheme]
    if number > 65_535:
        raise MediaUrlInvalidError("The URL's port is not one.")
    return number


def _host(written: str) -> str:
    host = written.lower()
    try:
        if host.startswith("["):
            return str(IPv6Address(host[1:-1]))
        # What ends in a number is an address to every browser, and must then be written as one (WHATWG URL, 3.5).
        if _NUMBER.fullmatch(host.rpartition(".")[2]):
            return str(IPv4Address(host))
    except AddressValueError:
        raise MediaUrlInvalidError("The URL's address must be written like 192.0.2.1 or [2001:db8::1].") from None
    if len(host) > _LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise MediaUrlInvalidError("The URL's host is no name that a host can have.")
    return host
