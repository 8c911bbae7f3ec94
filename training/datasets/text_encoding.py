"""Texts of files that don't say how they are encoded."""

WINDOWS = {code: bytes([code]).decode("cp1252", errors="replace") for code in range(0x80, 0xA0)}
"""What Windows-1252 has where Unicode has control characters, which nobody types."""


def decode_mixed(content: bytes) -> str:
    """Decode UTF-8, or else Latin-1; in both, the codes of Windows-1252 are the quotation marks that were meant."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return text.translate(WINDOWS)
