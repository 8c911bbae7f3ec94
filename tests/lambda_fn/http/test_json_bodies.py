from time import process_time
from typing import Any

import pytest

from lambda_fn.errors import InvalidJsonError, UnsupportedMediaTypeError
from lambda_fn.http.router import check_encoding, check_media_type, parse_json


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"text": "Good."}', {"text": "Good."}),
        (b" [1, 2.5, null] ", [1, 2.5, None]),
        (b'"\\ud83d\\ude00"', "\N{GRINNING FACE}"),
        ('"caf\u00e9"'.encode(), "caf\u00e9"),
        (b"[" * 150 + b"]" * 150, None),
        (b'\xef\xbb\xbf{"text": "Good."}', {"text": "Good."}),
        (b'{"text": "\\ud83d"}', {"text": "\ud83d"}),
    ],
)
def test_json_is_read(body: bytes, expected: Any) -> None:
    parsed = parse_json(body)
    assert expected is None or parsed == expected


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut"),
        pytest.param(b"{} {}", id="two values"),
        pytest.param(b"text=Good.", id="form"),
        pytest.param(b'{"year": NaN}', id="NaN"),
        pytest.param(b'{"year": -Infinity}', id="Infinity"),
        pytest.param(b'{"text": "\xff"}', id="not UTF-8"),
        pytest.param('{"text": "Good."}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b'{"text": "a", "text": "b"}', id="name twice"),
        pytest.param(b'[{"\\ud800": 1, "\\ud800": 2}]', id="lone surrogate as a name, twice"),
        pytest.param('{"text": "caf\u00e9"}'.encode("latin-1"), id="Latin-1"),
        pytest.param('{"text": "Good."}'.encode("utf-16-be"), id="UTF-16 without a byte order mark"),
        pytest.param('{"text": "Good."}'.encode("utf-32"), id="UTF-32"),
        pytest.param(b'{"text": "\xed\xa0\x80"}', id="lone surrogate, encoded"),
        pytest.param(b'{"text": "\0"}', id="bare control character"),
        pytest.param(b"[" * 100_000, id="deeply nested"),
        pytest.param(b'{"year": ' + b"9" * 10_000 + b"}", id="huge integer"),
    ],
)
def test_what_merely_resembles_json_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidJsonError) as raised:
        parse_json(body)
    str(raised.value).encode()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"year": NaN}', "has NaN, which JSON does not have"),
        (b'{"year": -Infinity}', "has -Infinity, which JSON does not have"),
        ('{"text": "caf\u00e9"}'.encode("latin-1"), r"byte 0xe9 at position 13\). If it is Latin-1"),
        ('{"text": "Good."}'.encode("utf-16"), "UTF-16 or UTF-32. Encode it as UTF-8"),
        (b'{"text": "a", "text": "b"}', "has the field 'text' more than once"),
        (b'{"text": "a" "b"}', "expecting ',' delimiter at line 1, column 14"),
        (b'{"text": "a', "unterminated string starting at line 1, column 10"),
    ],
)
def test_what_is_wrong_is_named(body: bytes, words: str) -> None:
    with pytest.raises(InvalidJsonError, match=words):
        parse_json(body)


def test_a_large_object_with_a_name_twice_is_refused_in_time() -> None:
    body = b"{" + b",".join(b'"%d": 0' % number for number in range(100_000)) + b', "99999": 0}'
    started = process_time()
    with pytest.raises(InvalidJsonError, match="'99999' more than once"):
        parse_json(body)
    assert process_time() - started < 1.5


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip"])
def test_compressed_bodies_are_not_taken(encoding: str) -> None:
    check_encoding(None)
    check_encoding(" Identity ")
    with pytest.raises(UnsupportedMediaTypeError, match="uncompressed"):
        check_encoding(encoding)


@pytest.mark.parametrize(
    "content_type",
    [None, "application/json", "Application/JSON; charset=utf-8", "application/vnd.api+json"],
)
def test_json_media_types_are_taken(content_type: str | None) -> None:
    check_media_type(content_type)


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "text/json", "application/x-www-form-urlencoded", "application/jsonp", "json"]
)
def test_other_media_types_are_not(content_type: str) -> None:
    with pytest.raises(UnsupportedMediaTypeError):
        check_media_type(content_type)
