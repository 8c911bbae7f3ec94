"""Files from the web, whose servers may be anything."""

from functools import cached_property
from ssl import SSLContext
from typing import Final

import httpcore2

from lambda_fn.errors import MediaTypeUnsupportedError, MediaUnreachableError, MediaUrlRefusedError
from lambda_fn.media.budget import Deadline, late
from lambda_fn.media.buffer import Intake
from lambda_fn.media.pinned_connection import PinnedBackend
from lambda_fn.media.resolver import Resolver, SystemResolver
from lambda_fn.media.web_policy import WebPolicy
from lambda_fn.media.web_url import WebUrl, parse_web_url

MOST_REDIRECTS: Final = 3
_REDIRECTS: Final = {301, 302, 303, 307, 308}
_OK: Final = 200
_HEADERS: Final[dict[bytes | str, bytes | str]] = {
    "User-Agent": "Valence",
    "Accept": "image/jpeg, image/png, image/webp, image/gif",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


class WebSource:
    """Fetches over HTTPS, with no proxy, cookie or password, and nothing from the environment but certificates."""

    def __init__(self, policy: WebPolicy, resolver: Resolver | None = None, tls: SSLContext | None = None) -> None:
        """Take the machine's own names and certificates unless others are given."""
        self._policy = policy
        self._resolver = resolver or SystemResolver()
        self._given_tls = tls

    def fetch(self, url: str, intake: Intake, deadline: Deadline) -> bytes:
        """Return the file at a URL, which each redirect may change; a MediaError says why it can't be had."""
        target = parse_web_url(url)
        for _ in range(1 + MOST_REDIRECTS):
            redirected = self._visit(target, intake, deadline)
            if redirected is None:
                return intake.content()
            target = redirected
        raise MediaUnreachableError(f"The URL redirects more than {MOST_REDIRECTS} times.")

    @cached_property
    def _tls(self) -> SSLContext:
        return self._given_tls or httpcore2.default_ssl_context()

    def _visit(self, url: WebUrl, intake: Intake, deadline: Deadline) -> WebUrl | None:
        """Take in the file, or return where it is instead."""
        self._policy.check_url(url)
        addresses = self._resolver.resolve(url.host, url.port, deadline)
        self._policy.check_addresses(url, addresses)
        try:
            return self._ask(url, PinnedBackend(addresses, deadline), intake)
        except httpcore2.TimeoutException:
            raise late() from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError):
            raise MediaUnreachableError("The URL's host didn't answer, or not as a web server does.") from None

    def _ask(self, url: WebUrl, backend: PinnedBackend, intake: Intake) -> WebUrl | None:
        host = f"[{url.host}]" if ":" in url.host else url.host
        address = httpcore2.URL(scheme=url.scheme, host=host, port=url.port, target=url.target)
        extensions = {"sni_hostname": url.host}
        tls = self._tls if url.scheme == "https" else None
        with (
            httpcore2.HTTPConnection(address.origin, ssl_context=tls, network_backend=backend) as connection,
            connection.stream("GET", address, headers=_HEADERS, extensions=extensions) as response,
        ):
            if response.status in _REDIRECTS:
                return _redirected(url, response)
            _take(response, intake)
            return None


def _redirected(url: WebUrl, response: httpcore2.Response) -> WebUrl:
    location = _header(response, b"location")
    if not location:
        raise MediaUnreachableError("The URL redirects to nowhere.")
    target = url.joined(location)
    if (url.scheme, target.scheme) == ("https", "http"):
        raise MediaUrlRefusedError("The URL redirects from https:// to http://.")
    return target


def _take(response: httpcore2.Response, intake: Intake) -> None:
    if response.status != _OK:
        raise MediaUnreachableError(f"The URL's host answered with the status {response.status}.")
    if _header(response, b"content-encoding").lower() not in {"", "identity"}:
        raise MediaTypeUnsupportedError("The URL's host compressed the file, though it was asked not to.")
    intake.expect(int(_header(response, b"content-length") or 0))
    for piece in response.iter_stream():
        intake.add(piece)


def _header(response: httpcore2.Response, wanted: bytes) -> str:
    """Return a header's values, or nothing. h11 has checked that a length is one number."""
    return ", ".join(value.decode("latin-1") for name, value in response.headers if name.lower() == wanted)
