"""URLs of the web, in the one spelling that all software reads alike."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final
from urllib.parse import urljoin

from lambda_fn.errors import MediaUrlInvalidError

MAX_CHARACTERS: Final = 4096
"""Characters. An address that S3 has signed has up to 2,000."""
DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_MAX_HOST_CHARACTERS: Final = 253
_CHARACTERS: Final = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_NO_CHARACTER: Final = re.compile(rb"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]")
_PARTS: Final = re.compile(
    r"(?P<scheme>https?)://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?:#.*)?", re.IGNORECASE
)
_AUTHORITY: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[1-9][0-9]{0,4}))?")
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_ABSOLUTE: Final = re.compile(rb"(https?:)?//+([^/]*)(.*)", re.IGNORECASE | re.DOTALL)
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")


@dataclass(frozen=True, slots=True)
class WebUrl:
    """A parsed `https` or `http` URL."""

    scheme: str
    host: str
    """A name in lower case, or an address without brackets."""
    port: int
    target: str
    """Path and query."""

    def joined(self, location: bytes) -> "WebUrl":
        """Return where a redirect leads, resolved as browsers do (RFC 3986, WHATWG URL), and then checked as any URL.

        MediaUrlInvalidError if that is not a URL, or not one of `parse_web_url`.
        """
        host = f"[{self.host}]" if ":" in self.host else self.host
        try:
            return parse_web_url(urljoin(f"{self.scheme}://{host}:{self.port}{self.target}", _as_url(location)))
        except (ValueError, MediaUrlInvalidError):  # ValueError: urljoin's, for unpaired brackets
            raise MediaUrlInvalidError("The URL redirects to one that is not valid. Send the file's own URL.") from None


def _as_url(location: bytes) -> str:
    """Return a Location header as browsers read it: slashes for backslashes, an encoded host, and encoded bytes."""
    if len(location) > MAX_CHARACTERS:
        raise MediaUrlInvalidError("The URL redirects to one that is too long.")
    location = location.strip(b" ")
    path, mark, rest = re.fullmatch(rb"([^?#]*)([?#]?)(.*)", location, re.DOTALL).groups()  # type: ignore[union-attr]
    path = path.replace(b"\\", b"/")
    if absolute := _ABSOLUTE.fullmatch(path):
        scheme, authority, path = absolute.groups()
        path = (scheme or b"") + b"//" + _ascii_host(authority) + path
    return _NO_CHARACTER.sub(lambda byte: b"%%%02X" % byte[0][0], path + mark + rest).decode("ascii")


def _ascii_host(authority: bytes) -> bytes:
    if authority.isascii():
        return authority
    import idna  # only for hosts in other alphabets

    try:
        return idna.encode(authority.decode(), uts46=True)
    except (idna.IDNAError, UnicodeDecodeError):
        raise MediaUrlInvalidError("The URL redirects to a host that can't be one.") from None


def parse_web_url(url: str) -> WebUrl:
    """Parse a URL; MediaUrlInvalidError if it isn't spelled plainly.

    Whatever libraries are known to read in different ways is refused: user names, backslashes, white space, letters
    and digits beyond ASCII, and addresses in any form but 192.0.2.1 and [2001:db8::1].
    """
    _check_characters(url)
    parts = _PARTS.fullmatch(url)
    if parts is None:
        raise MediaUrlInvalidError("The URL must begin with https://, followed by a host, or with s3://.")
    if "@" in parts["authority"]:
        raise MediaUrlInvalidError("The URL must not contain a user name or password.")
    match = _AUTHORITY.fullmatch(parts["authority"])
    if match is None:
        raise MediaUrlInvalidError("The URL's host must be a plain name or address, and its port a number.")
    scheme = parts["scheme"].lower()
    target = (parts["path"] or "/") + (parts["query"] or "")
    return WebUrl(scheme, _host(match["host"]), _port(match["port"], scheme), target)


def _check_characters(url: str) -> None:
    if len(url) > MAX_CHARACTERS:
        raise MediaUrlInvalidError(f"A URL may have at most {MAX_CHARACTERS:,} characters.")
    if not _CHARACTERS.fullmatch(url):
        raise MediaUrlInvalidError(
            "The URL contains a character that URLs can't have. Percent-encode it; in a host name, use the xn-- form."
        )


def _port(port: str | None, scheme: str) -> int:
    number = int(port) if port else DEFAULT_PORTS[scheme]
    if number > 65_535:
        raise MediaUrlInvalidError("The URL's port must be between 1 and 65535.")
    return number


def _host(written: str) -> str:
    host = written.lower().removesuffix(".")  # which only says that the name is whole
    try:
        if host.startswith("["):
            return str(IPv6Address(host[1:-1]))
        # What ends in a number is an address to every browser, and must then be written as one (WHATWG URL, 3.5).
        if _NUMBER.fullmatch(host.rpartition(".")[2]):
            return str(IPv4Address(host))
    except AddressValueError:
        raise MediaUrlInvalidError("The URL's address must be written like 192.0.2.1 or [2001:db8::1].") from None
    if len(host) > _MAX_HOST_CHARACTERS or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise MediaUrlInvalidError("The URL's host is not a valid host name.")
    return host
