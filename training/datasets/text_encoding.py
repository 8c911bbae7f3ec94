"""Texts of files that don't say how they are encoded."""

from training.errors import DatasetError

WINDOWS = {code: bytes([code]).decode("cp1252", errors="replace") for code in range(0x80, 0xA0)}
"""What Windows-1252 has where Unicode has control characters, which nobody types."""
LONGEST_PLACE = 120
"""Characters of a path in an error; of a longer one only its end is shown."""
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def decode_mixed(content: bytes) -> str:
    """Decode UTF-8, or else Latin-1; in both, the codes of Windows-1252 are the quotation marks that were meant."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return text.translate(WINDOWS)


def decode_utf8(place: str, content: bytes, remedy: str = "Save it as UTF-8.") -> str:
    """Decode UTF-8, with or without a byte order mark.

    DatasetError names `place`, the line, the first byte that is wrong and what the encoding looks like, in under 300
    characters however long the file is.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Counted in what was given: the codec counts from after a byte order mark.
        at = error.start + len(content) - len(error.object)
        line = content.count(b"\n", 0, at) + 1
        column = at - content.rfind(b"\n", 0, at)
        raise DatasetError(
            f"{shortened(place)}, line {line}, byte {column}: 0x{content[at]:02x} is not UTF-8. "
            f"The file looks like {_likely_encoding(content)}. {remedy}"
        ) from None


def shortened(place: str) -> str:
    """Return a path, or the end of a long one."""
    return place if len(place) <= LONGEST_PLACE else f"…{place[1 - LONGEST_PLACE :]}"


def _likely_encoding(content: bytes) -> str:
    if content.startswith(_UTF16_MARKS):
        return "UTF-16"
    try:
        content.decode("cp1252")
    except UnicodeDecodeError:
        return "Latin-1 or another 8-bit encoding"
    return "Windows-1252 (the usual encoding of a spreadsheet's CSV export)"
