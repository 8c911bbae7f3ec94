"""Files from the web, whose servers are not trusted."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from math import ceil
from ssl import SSLContext
from typing import Final

import httpcore2

from lambda_fn.errors import (
    MediaForbiddenError,
    MediaNotFoundError,
    MediaUnreachableError,
    MediaUrlInvalidError,
    MediaUrlRefusedError,
)
from lambda_fn.media.budget import Deadline, late
from lambda_fn.media.buffer import MediaBuffer
from lambda_fn.media.pinned_connection import PinnedBackend
from lambda_fn.media.resolver import Resolver, SystemResolver
from lambda_fn.media.web_policy import WebPolicy
from lambda_fn.media.web_url import WebUrl, parse_web_url
from lambda_fn.settings import DEFAULT_USER_AGENT
from model_bundle.decoding.file_type import MediaKind

MAX_REDIRECTS: Final = 3
_REDIRECTS: Final = {301, 302, 303, 307, 308}
_OK: Final = 200
_GONE: Final = {404, 410}
_PASSING: Final = {408, 425, 429}
"""Statuses of clients' errors that another try may not meet."""
_MAX_RETRY_AFTER_SECONDS: Final = 3600
_ACCEPT: Final[dict[MediaKind, str]] = {
    "image": "image/jpeg, image/png, image/webp, image/gif",
    "audio": "audio/*, video/*;q=0.5",
    "video": "video/*",
}


class WebSource:
    """Fetches over HTTPS, without proxies, cookies or passwords, and nothing from the environment but certificates."""

    def __init__(
        self,
        policy: WebPolicy,
        resolver: Resolver | None = None,
        tls: SSLContext | None = None,
        user_agent: str = DEFAULT_USER_AGENT,
    ) -> None:
        """Use the machine's own resolver and certificates unless others are given."""
        self._policy = policy
        self._user_agent = user_agent
        self._resolver = resolver or SystemResolver()
        self._given_tls = tls

    def fetch(self, url: str, buffer: MediaBuffer, deadline: Deadline) -> None:
        """Put the file at a URL into the buffer, following redirects; a MediaError says why that failed."""
        target = parse_web_url(url)
        for _ in range(1 + MAX_REDIRECTS):
            redirected = self._visit(target, buffer, deadline)
            if redirected is None:
                return
            target = redirected
        raise MediaUnreachableError(f"The URL redirects more than {MAX_REDIRECTS} times.")

    @cached_property
    def _tls(self) -> SSLContext:
        return self._given_tls or httpcore2.default_ssl_context()

    def _visit(self, url: WebUrl, buffer: MediaBuffer, deadline: Deadline) -> WebUrl | None:
        """Fetch the file, or return the URL that this one redirects to."""
        self._policy.check_url(url)
        addresses = self._resolver.resolve(url.host, url.port, deadline)
        self._policy.check_addresses(url, addresses)
        try:
            return self._ask(url, PinnedBackend(addresses, deadline), buffer)
        except httpcore2.TimeoutException:
            raise late() from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError):
            raise MediaUnreachableError("The URL's host did not respond, or not with HTTP. Try again later.") from None

    def _ask(self, url: WebUrl, backend: PinnedBackend, buffer: MediaBuffer) -> WebUrl | None:
        host = f"[{url.host}]" if ":" in url.host else url.host
        address = httpcore2.URL(scheme=url.scheme, host=host, port=url.port, target=url.target)
        extensions = {"sni_hostname": url.host}
        tls = self._tls if url.scheme == "https" else None
        with (
            httpcore2.HTTPConnection(address.origin, ssl_context=tls, network_backend=backend) as connection,
            connection.stream("GET", address, headers=self._headers(buffer), extensions=extensions) as response,
        ):
            if response.status in _REDIRECTS:
                return _redirected(url, response)
            _receive(response, buffer)
            return None

    def _headers(self, buffer: MediaBuffer) -> dict[bytes | str, bytes | str]:
        return {
            "User-Agent": self._user_agent,
            "Accept": _ACCEPT[buffer.policy.kind],
            "Accept-Encoding": "identity",
            "Connection": "close",
        }


def _redirected(url: WebUrl, response: httpcore2.Response) -> WebUrl:
    locations = {value for name, value in response.headers if name.lower() == b"location"}
    if len(locations) > 1:
        raise MediaUrlInvalidError("The URL redirects to several others. Send the file's own URL.")
    location = next(iter(locations), b"")
    if not location:
        raise MediaUnreachableError("The URL redirects without saying where to.")
    target = url.joined(location)
    if (url.scheme, target.scheme) == ("https", "http"):
        raise MediaUrlRefusedError("The URL redirects from https:// to http://.")
    return target


def _receive(response: httpcore2.Response, buffer: MediaBuffer) -> None:
    # Content-Encoding is not looked at: objects in S3 often carry one that isn't true. The bytes decide.
    _check_status(response)
    buffer.expect(int(_header(response, b"content-length") or 0))
    for piece in response.iter_stream():
        buffer.add(piece)


def _check_status(response: httpcore2.Response) -> None:
    status = response.status
    if status in _GONE:
        raise MediaNotFoundError(f"The URL's host has no such file (status {status}). Check the URL.")
    if 400 <= status < 500 and status not in _PASSING:
        raise MediaForbiddenError(
            f"The URL's host refused the file (status {status}). Send a URL that works without signing in."
        )
    if status != _OK:
        wait = _retry_after(response)
        then = "later" if wait is None else f"after {wait} seconds"
        raise MediaUnreachableError(f"The URL's host responded with the status {status}. Try again {then}.", wait)


def _retry_after(response: httpcore2.Response) -> int | None:
    """Return the seconds in a Retry-After header (RFC 9110, 10.2.3), which may also be a date."""
    value = _header(response, b"retry-after").strip()
    if value.isascii() and value.isdigit():
        return min(int(value[:9]), _MAX_RETRY_AFTER_SECONDS)
    try:
        seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):  # TypeError: a date without a time zone
        return None
    return min(max(0, ceil(seconds)), _MAX_RETRY_AFTER_SECONDS)


def _header(response: httpcore2.Response, wanted: bytes) -> str:
    """Return a header's values, or an empty string. h11 has checked that a length is one number."""
    return ", ".join(value.decode("latin-1") for name, value in response.headers if name.lower() == wanted)
