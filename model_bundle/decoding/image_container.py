"""The parts of a JPEG or PNG file that its pixels depend on.

Pillow reads all metadata before the pixels, and can be made to spend long on it: 50 s on a 6 MB JPEG whose EXIF block
comes in 55,000 pieces, 10 s on a 5 MB PNG with 5,000 colour profiles. So whatever isn't needed is taken out before
Pillow sees the file: 0.05 s for both.
"""

import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from model_bundle.errors import ImageUndecodableError

UPRIGHT: Final = 1
_BYTE_ORDERS: Final = {b"II": "<", b"MM": ">"}
_ORIENTATION_TAG: Final = 0x0112


def orientation_of(exif: bytes) -> int:
    """Return the orientation that an EXIF block asks for, 1 to 8 (EXIF 2.32, tag 0x0112); 1 where it asks for none.

    A damaged block asks for none: viewers show such pictures too. Pillow would read all tags, and warn of each that is
    damaged.
    """
    with suppress(struct.error, KeyError):
        order = _BYTE_ORDERS[exif[:2]]
        (start,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, start)
        for entry in range(count):
            tag, value = struct.unpack_from(f"{order}H6xH", exif, start + 2 + 12 * entry)
            if tag == _ORIENTATION_TAG:
                return value if UPRIGHT <= value <= 8 else UPRIGHT
    return UPRIGHT


JPEG_SIGNATURE: Final = b"\xff\xd8\xff"
PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"

MOST_SCANS: Final = 100
"""Each scan of a progressive JPEG costs a pass over all its pixels, however few its bytes. Encoders make about 10."""

_PNG_CHUNKS: Final = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_JPEG_MARKER: Final = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
_START, _END, _SCAN, _APP1, _COMMENT = 0xD8, 0xD9, 0xDA, 0xE1, 0xFE
_JPEG_METADATA: Final = ({*range(0xE0, 0xF0)} - {0xEE}) | {_COMMENT}
"""APP0 to APP15 and comments, but for Adobe's APP14, which says how the colours are coded."""
_EXIF_PREFIX: Final = b"Exif\x00\x00"


def without_metadata(content: bytes) -> tuple[bytes, bytes]:
    """Return a file's bytes without metadata, and its EXIF block, empty where it has none.

    What is neither JPEG nor PNG comes back as it is. ImageUndecodableError for a JPEG of too many scans.
    """
    if content.startswith(JPEG_SIGNATURE):
        return _jpeg_without_metadata(content)
    if content.startswith(PNG_SIGNATURE):
        return _png_without_metadata(content)
    return content, b""


def _png_without_metadata(content: bytes) -> tuple[bytes, bytes]:
    kept, exif = [PNG_SIGNATURE], b""
    position = len(PNG_SIGNATURE)
    while position + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, position)
        end = position + 12 + length
        if kind in _PNG_CHUNKS:
            kept.append(content[position:end])
        elif kind == b"eXIf":
            exif = content[position + 8 : end - 4]
        position = end
    return b"".join(kept), exif


def _jpeg_without_metadata(content: bytes) -> tuple[bytes, bytes]:
    kept, exif, scans, position = [], b"", 0, 0
    for marker, start, end in _jpeg_segments(content):
        # What lies between two segments belongs to a scan, and is kept.
        kept.append(content[position : start if marker in _JPEG_METADATA else end])
        if marker == _APP1 and not exif and content.startswith(_EXIF_PREFIX, start + 4):
            exif = content[start + 4 + len(_EXIF_PREFIX) : end]
        scans += marker == _SCAN
        position = end
    if scans > MOST_SCANS:
        raise ImageUndecodableError(
            f"The picture is a JPEG of {scans} scans; at most {MOST_SCANS} are decoded. Save it again as a plain JPEG."
        )
    return b"".join(kept), exif


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield each segment's marker, start and end, up to the end of the picture; more pictures may follow it."""
    position = 0
    while match := _JPEG_MARKER.search(content, position):
        marker, position = match[1][0], match.end()
        if marker not in (_START, _END):
            position += max(2, int.from_bytes(content[position : position + 2], "big"))
        yield marker, match.start(), position
        if marker == _END:
            return
