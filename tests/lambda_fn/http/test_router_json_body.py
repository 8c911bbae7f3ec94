from typing import Any

import pytest

from lambda_fn.errors import InvalidJsonError, UnsupportedMediaTypeError
from lambda_fn.http.router import check_media_type, parse_json


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"text": "Good."}', {"text": "Good."}),
        (b" [1, 2.5, null] ", [1, 2.5, None]),
        (b'"\\ud83d\\ude00"', "\N{GRINNING FACE}"),
        ('"caf\u00e9"'.encode(), "caf\u00e9"),
        (b"[" * 150 + b"]" * 150, None),
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
        pytest.param(b'{"text": "\\ud800"}', id="lone surrogate, escaped"),
        pytest.param(b'{"text": "\xed\xa0\x80"}', id="lone surrogate, encoded"),
        pytest.param(b'{"text": "\0"}', id="bare control character"),
        pytest.param(b"[" * 100_000, id="deeply nested"),
        pytest.param(b'{"year": ' + b"9" * 10_000 + b"}", id="huge integer"),
    ],
)
def test_what_merely_resembles_json_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidJsonError):
        parse_json(body)


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
