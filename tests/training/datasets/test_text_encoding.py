import pytest

from training.datasets.text_encoding import decode_mixed, decode_utf8
from training.errors import DatasetError


@pytest.mark.parametrize(
    "content",
    [
        "you\u2019re é".encode(),
        "you\u2019re é".encode("utf-8-sig"),
        "you\u2019re é".encode("cp1252"),
        "you\x92re é".encode(),
        "you\x92re é".encode("latin-1"),
    ],
)
def test_the_same_text_comes_of_every_encoding(content: bytes) -> None:
    assert decode_mixed(content) == "you\u2019re é"


def test_every_byte_can_be_decoded() -> None:
    assert len(decode_mixed(bytes(range(256)))) == 256
    assert decode_mixed(b"\x81") == "\N{REPLACEMENT CHARACTER}"


def test_utf8_is_decoded_with_or_without_its_mark() -> None:
    assert decode_utf8("a.csv", "é".encode()) == decode_utf8("a.csv", "é".encode("utf-8-sig")) == "é"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a\nbc\xe9\n", r"line 2, byte 3: 0xe9 is not UTF-8. The file looks like Windows-1252"),
        (b"\xef\xbb\xbfa\nbc\xe9\n", r"line 2, byte 3: 0xe9 is not UTF-8"),
        (b"\xe9\x81", r"line 1, byte 1: 0xe9 is not UTF-8. The file looks like Latin-1"),
        ("é,1\n".encode("utf-16"), r"line 1, byte 1: 0xff is not UTF-8. The file looks like UTF-16. Save it as UTF-8."),
    ],
)
def test_another_encoding_is_told_with_its_place(content: bytes, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        decode_utf8("a.csv", content)


def test_the_error_stays_short_whatever_the_file() -> None:
    with pytest.raises(DatasetError) as caught:
        decode_utf8("/deep" * 200 + "/labels.csv", b"ok,1\n" * 100_000 + b"\xe9")
    assert len(str(caught.value)) < 300
    assert "/labels.csv, line 100001, byte 1" in str(caught.value)
