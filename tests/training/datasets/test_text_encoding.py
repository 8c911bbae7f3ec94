import pytest

from training.datasets.text_encoding import decode_mixed


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
