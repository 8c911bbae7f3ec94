"""Servers that answer badly: each with its code, and within the time and the memory that are allowed."""

import gzip
import tracemalloc
from collections.abc import Callable
from time import monotonic

import pytest

from lambda_fn.errors import MediaError
from tests.lambda_fn.media.certificates import Authority
from tests.lambda_fn.media.conftest import MOST_BYTES, SECONDS, fetch_here, fetched, fetcher
from tests.lambda_fn.media.servers import (
    FixedNames,
    Script,
    always,
    answer,
    dripping,
    endless,
    redirecting,
    serving,
    silent,
    stopping,
)

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
NOTHING = answer(status="500 Internal Server Error")
SOON = 0.3
"""Deadline, in seconds, for what is slow on purpose."""
GRACE = 1.5
"""Seconds by which a busy machine may be late."""
MEMORY = 3_000_000
"""Bytes that a refused fetch may take at its peak: a small multiple of the limit for a file."""

TIMEOUT = "media_timeout"
UNREACHABLE = "media_unreachable"
TOO_LARGE = "media_too_large"
UNSUPPORTED = "media_type_unsupported"
REFUSED = "media_url_refused"
INVALID = "media_url_invalid"

SLOW: dict[str, Script] = {
    "silence": silent,
    "dripping status line": dripping(answer(PNG)),
    "dripping headers": dripping(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 1000),
    "dripping body": dripping(PNG, beginning=answer(Content_Length="100000")),
    "endless provisional answers": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body that stops half way": stopping(answer(PNG, Content_Length="50000")),
}
BODIES: dict[str, tuple[Script, str]] = {
    "endless body": (endless(answer(PNG, Content_Length=""), bytes(65_536)), TOO_LARGE),
    "endless chunks": (
        endless(answer(Content_Length="", Transfer_Encoding="chunked"), b"1000\r\n" + PNG.ljust(0x1000) + b"\r\n"),
        TOO_LARGE,
    ),
    "endless chunk header": (endless(answer(Content_Length="", Transfer_Encoding="chunked"), b"0" * 999), UNREACHABLE),
    "endless header": (endless(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 65_536), UNREACHABLE),
    "endless headers": (endless(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n" * 10_000), UNREACHABLE),
    "declared to be huge": (always(answer(PNG, Content_Length="10000000000")), TOO_LARGE),
    "declared to be beyond number": (always(answer(PNG, Content_Length="9" * 30)), UNREACHABLE),
    "one byte too many": (always(answer(PNG.ljust(MOST_BYTES + 1))), TOO_LARGE),
    "shorter than declared": (always(answer(PNG, Content_Length="5000")), UNREACHABLE),
    "longer than one declared, shorter than the other": (
        always(answer(PNG, Content_Length="5\r\nContent-Length: 50")),
        UNREACHABLE,
    ),
    "negative length": (always(answer(PNG, Content_Length="-1")), UNREACHABLE),
    "length and chunks": (
        always(answer(b"0\r\n\r\n", Content_Length="5", Transfer_Encoding="chunked")),
        UNSUPPORTED,
    ),
    "bomb that gzip unpacks": (
        always(answer(gzip.compress(PNG + bytes(50_000_000), 9), Content_Encoding="gzip")),
        UNSUPPORTED,
    ),
    "gzip without saying so": (always(answer(gzip.compress(PNG))), UNSUPPORTED),
    "empty": (always(answer()), UNSUPPORTED),
    "two bytes": (always(answer(b"\xff\xd8")), UNSUPPORTED),
    "no content": (always(answer(status="204 No Content")), UNREACHABLE),
    "part of it": (always(answer(PNG, status="206 Partial Content")), UNREACHABLE),
    "not found, with a picture": (always(answer(PNG, status="404 Not Found")), "media_not_found"),
    "error": (always(answer(PNG, status="500 Internal Server Error")), UNREACHABLE),
    "password wanted": (always(answer(status="401 Unauthorized", WWW_Authenticate="Basic")), "media_forbidden"),
    "another protocol": (always(answer(status="101 Switching Protocols", Upgrade="h2c")), UNREACHABLE),
    "no HTTP": (always(b"SSH-2.0-OpenSSH_9.9\r\n"), UNREACHABLE),
    "HTTP of the first days": (always(PNG), UNREACHABLE),
    "closed at once": (always(b""), UNREACHABLE),
    "noise": (always(bytes(range(256)) * 1000), UNREACHABLE),
}
KINDS: dict[str, tuple[Script, str]] = {
    name: (always(answer(content, Content_Type="image/jpeg")), UNSUPPORTED)
    for name, content in {
        "HTML as a picture": b"<!doctype html><html></html>",
        "SVG": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "SVG after a declaration": b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg/>',
        "TIFF": b"II*\0" + bytes(100),
        "big-endian TIFF": b"MM\0*" + bytes(100),
        "BMP": b"BM" + bytes(100),
        "ICO": b"\0\0\1\0" + bytes(100),
        "PSD": b"8BPS" + bytes(100),
        "PDF": b"%PDF-1.7\n",
        "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n",
        "ZIP": b"PK\3\4" + bytes(100),
        "AVIF": b"\0\0\0\x20ftypavif" + bytes(100),
        "WAV, which begins like WebP": b"RIFF\0\0\0\0WAVE" + bytes(100),
        "PNG behind a space": b" " + PNG,
        "JSON": b'{"AccessKeyId": "ASIA"}',
    }.items()
}
REDIRECTS: dict[str, tuple[Script, str]] = {
    "to a private address": (redirecting({"/": "https://10.0.0.1/"}), REFUSED),
    "to metadata": (redirecting({"/": "http://169.254.169.254/latest/meta-data/"}), REFUSED),
    "to metadata as a number": (redirecting({"/": "http://2852039166/"}), INVALID),
    "to a name with a private address": (redirecting({"/": "https://private.example/"}), REFUSED),
    "to a file": (redirecting({"/": "file:///etc/passwd"}), INVALID),
    "to gopher": (redirecting({"/": "gopher://127.0.0.1:6379/_INFO"}), INVALID),
    "to data": (redirecting({"/": "data:image/png;base64,iVBORw0KGgo="}), INVALID),
    "to a bucket": (redirecting({"/": "s3://bucket/a.png"}), INVALID),
    "to a user": (redirecting({"/": "https://user:secret@example.com/"}), INVALID),
    "to unpaired brackets": (redirecting({"/": "//[::1/"}), INVALID),
    "to a private address with backslashes": (redirecting({"/": "https:\\\\10.0.0.1\\a"}), REFUSED),
    "to a private address with more slashes": (redirecting({"/": "////10.0.0.1/a"}), REFUSED),
    "to a private address in wide digits": (
        redirecting({"/": "https://\uff11\uff10.0.0.1/".encode().decode("latin-1")}),
        REFUSED,
    ),
    "to loopback with a soft hyphen": (
        redirecting({"/": "https://loc\u00adalhost/".encode().decode("latin-1")}),
        REFUSED,
    ),
    "to what is no UTF-8": (redirecting({"/": "https://\xff.example/"}), INVALID),
    "to a very long URL": (redirecting({"/": "/" + "a" * 5000}), INVALID),
    "to itself": (redirecting({"/": "/"}), UNREACHABLE),
    "in a circle": (redirecting({"/": "/a", "/a": "/b", "/b": "/"}), UNREACHABLE),
    "four times": (redirecting({"/": "/a", "/a": "/b", "/b": "/c", "/c": "/d"}, answer(PNG)), UNREACHABLE),
    "to nowhere": (always(answer(status="302 Found")), UNREACHABLE),
    "to two places": (always(answer(status="302 Found", Location="/a\r\nLocation: /b")), INVALID),
    "with choices": (always(answer(PNG, status="300 Multiple Choices", Location="/a")), UNREACHABLE),
}
TABLE = BODIES | KINDS | REDIRECTS


def code_of(script: Script, seconds: float) -> str:
    names = FixedNames(server_example=[["127.0.0.1"]], private_example=[["192.168.1.1"]])
    with serving(script) as port, pytest.raises(MediaError) as raised:
        fetch_here(f"http://server.example:{port}/", names, seconds)
    return raised.value.code


@pytest.mark.parametrize(("script", "code"), TABLE.values(), ids=TABLE.keys())
def test_a_hostile_server_is_told_apart_at_once_and_without_keeping_much(script: Script, code: str) -> None:
    started = monotonic()
    tracemalloc.start()
    try:
        assert code_of(script, SECONDS) == code
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()
    assert monotonic() - started < GRACE


QUICK = "dripping headers"
"""The one of them that is tried before every commit."""


@pytest.mark.parametrize(
    "script",
    [pytest.param(script, marks=[] if name == QUICK else [pytest.mark.slow], id=name) for name, script in SLOW.items()],
)
def test_a_slow_server_is_left_when_the_time_is_up(script: Script) -> None:
    started = monotonic()
    assert code_of(script, SOON) == TIMEOUT
    assert SOON <= monotonic() - started < SOON + GRACE


def test_the_table_is_long() -> None:
    assert len(TABLE) + len(SLOW) > 60


class TestTls:
    HOST = "server.example"
    NAMES = FixedNames(server_example=[["127.0.0.1"]])

    def _code(self, authority: Authority, url: str, seconds: float = SECONDS) -> str:
        made = fetcher(self.NAMES, tls=authority.client(), media_timeout_seconds=seconds)
        with pytest.raises(MediaError) as raised:
            fetched(made, url)
        return raised.value.code

    @pytest.mark.parametrize(
        "certificate",
        [
            lambda authority: authority.server("server.example", signed_by_itself=True),
            lambda authority: authority.server("other.example"),
            lambda authority: authority.server("server.example", days=-1),
        ],
        ids=["signed by itself", "another host's", "expired"],
    )
    def test_a_certificate_must_be_the_hosts(
        self, authority: Authority, certificate: Callable[[Authority], object]
    ) -> None:
        context: object = certificate(authority)
        with serving(always(answer(PNG)), context) as port:  # type: ignore[arg-type]
            assert self._code(authority, f"https://{self.HOST}:{port}/") == UNREACHABLE

    def test_an_unknown_authority_is_none(self, authority: Authority) -> None:
        with serving(always(answer(PNG)), authority.server(self.HOST)) as port, pytest.raises(MediaError) as raised:
            fetch_here(f"https://{self.HOST}:{port}/", self.NAMES)
        assert raised.value.code == UNREACHABLE

    def test_a_handshake_ends_with_the_deadline(self, authority: Authority) -> None:
        hello = b"\x16\x03\x03\x40\x00" + bytes(0x4000)
        with serving(dripping(hello), reads_request=False) as port:
            started = monotonic()
            assert self._code(authority, f"https://{self.HOST}:{port}/", SOON) == TIMEOUT
            assert SOON <= monotonic() - started < SOON + GRACE

    def test_a_server_without_tls_is_none(self, authority: Authority) -> None:
        with serving(always(answer(PNG)), reads_request=False) as port:
            assert self._code(authority, f"https://{self.HOST}:{port}/") == UNREACHABLE

    def test_a_redirect_may_not_go_down_to_http(self, authority: Authority) -> None:
        down = redirecting({"/": "http://server.example:1/"})
        with serving(down, authority.server(self.HOST)) as port:
            assert self._code(authority, f"https://{self.HOST}:{port}/") == REFUSED

    def test_a_good_certificate_lets_the_picture_through(self, authority: Authority) -> None:
        with serving(always(answer(PNG)), authority.server(self.HOST)) as port:
            made = fetcher(self.NAMES, tls=authority.client())
            assert fetched(made, f"https://{self.HOST}:{port}/") == PNG
