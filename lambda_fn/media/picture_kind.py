"""What a file is, by its first bytes: names and headers may say anything."""

from typing import Final

from lambda_fn.errors import MediaTypeUnsupportedError

SIGNATURE_BYTES: Final = 12
"""So many decide."""
KINDS: Final = "JPEG, PNG, WebP and GIF"
_BEGINNINGS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")


def check_picture_kind(content: bytes | bytearray) -> None:
    """MediaTypeUnsupportedError unless a file begins as a JPEG, PNG, WebP or GIF does."""
    webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    if not webp and not content.startswith(_BEGINNINGS):
        raise MediaTypeUnsupportedError(f"That is no picture of a kind that is read: {KINDS}.")
