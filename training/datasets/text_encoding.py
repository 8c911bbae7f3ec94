"""Texts of files that don't say how they are encoded."""


def decode_mixed(content: bytes) -> str:
    """Decode UTF-8, or else Windows-1252 with its undefined bytes replaced: what such collections mix."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
