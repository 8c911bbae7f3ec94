"""The parts of an image file that its pixels depend on, and the size that it announces.

Pillow parses all metadata before the pixels, and can be made to spend a long time on it: 50 s for a 6 MB JPEG whose
EXIF block comes in 55,000 pieces, 10 s for a 5 MB PNG with 5,000 colour profiles, 6 s for a 10 MB JPEG of empty
quantisation tables or fill bytes. Whatever the pixels don't need is removed before Pillow sees the file, and files
with far more segments than any encoder writes are refused.
"""

import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from model_bundle.errors import ImageUndecodableError

UPRIGHT: Final = 1
_BYTE_ORDERS: Final = {b"II": "<", b"MM": ">"}
_ORIENTATION_TAG: Final = 0x0112


def orientation_of(exif: bytes) -> int:
    """Return the orientation in an EXIF block, 1 to 8 (EXIF 2.32, tag 0x0112); 1 if there is none.

    A damaged block counts as none: viewers show such images too. Pillow would read all tags, and warn of each damaged
    one.
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

MAX_SIDE: Final = 16_384
"""Pixels. Pillow allocates per row: 1 x 25,000,000 pixels of a PNG took a gigabyte."""
MAX_SCANS: Final = 100
"""Each scan of a progressive JPEG costs a pass over all its pixels, however few its bytes. Encoders write about 10."""
MAX_SEGMENTS: Final = 10_000
"""Segments of a JPEG, or chunks of a PNG, that hold pixels. A PNG of 10 MB in chunks of 8 KB has 1,300."""
MAX_METADATA: Final = 100_000
"""Segments or chunks that don't, and are passed over."""

_PNG_CHUNKS: Final = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_JPEG_MARKER: Final = re.compile(rb"\xff([^\x00\x01\xff\xd0-\xd7])")
_START, _END, _SCAN, _APP1, _COMMENT = 0xD8, 0xD9, 0xDA, 0xE1, 0xFE
_JPEG_METADATA: Final = ({*range(0xE0, 0xF0)} - {0xEE}) | {_COMMENT}
"""APP0 to APP15 and comments, except Adobe's APP14, which says how the colours are coded."""
_WITH_LENGTH: Final = {*range(0xC0, 0xD0), *range(0xDA, 0xF0), _COMMENT} - {0xC8}
"""Markers that libjpeg reads a length after. It skips restart markers, TEM (FF 01) and, within a scan, whatever is
reserved as two bytes; taking their next bytes for a length would hide the segments that follow."""
_EXIF_PREFIX: Final = b"Exif\x00\x00"


@dataclass(frozen=True, slots=True)
class PixelData:
    """A file without what its pixels don't depend on."""

    content: bytes
    exif: bytes = b""
    """The EXIF block; empty if there is none."""
    has_end: bool = True
    """False if the file stops before its end marker. For formats without one, True."""
    is_progressive: bool = False
    """Whether a decoder must keep all coefficients of a JPEG in memory at once."""
    is_webp: bool = False


def pixel_data(content: bytes) -> PixelData:
    """Remove the metadata of a JPEG or PNG; other files are returned unchanged.

    ImageUndecodableError for a JPEG of too many scans, and for a file in far more pieces than encoders write.
    """
    if content.startswith(JPEG_SIGNATURE):
        return _jpeg_pixel_data(content)
    if content.startswith(PNG_SIGNATURE):
        return _png_pixel_data(content)
    return PixelData(content, is_webp=content[:4] == b"RIFF" and content[8:12] == b"WEBP")


def webp_size(content: bytes) -> tuple[int, int]:
    """Return the width and height that a WebP file announces (RFC 9649); ImageUndecodableError if it announces none.

    Pillow allocates two whole canvases as soon as it opens the file, so the size must be known before.
    """
    kind = content[12:16] if len(content) >= 30 else b""
    if kind == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise ImageUndecodableError("The WebP file is damaged or incomplete. Save it again, and send the whole file.")


def _png_pixel_data(content: bytes) -> PixelData:
    kept, exif, kind, seen = [PNG_SIGNATURE], b"", b"", 0
    position = len(PNG_SIGNATURE)
    while position + 8 <= len(content) and kind != b"IEND":
        seen += 1
        _check_pieces(len(kept), seen)
        length, kind = struct.unpack_from(">I4s", content, position)
        end = position + 12 + length
        if kind in _PNG_CHUNKS:
            kept.append(content[position:end])
        elif kind == b"eXIf":
            exif = content[position + 8 : end - 4]
        position = end
    return PixelData(b"".join(kept), exif, has_end=kind == b"IEND" and position <= len(content))


def _jpeg_pixel_data(content: bytes) -> PixelData:
    kept, exif, scans, position, marker, progressive = [content[:2]], b"", 0, 2, _START, False
    for seen, (marker, start, end) in enumerate(jpeg_segments(content)):
        _check_pieces(len(kept), seen)
        # Before the first scan, libjpeg uses nothing of what lies between segments. From there on every byte stays,
        # metadata too: if it went, what stood before and after it could form a marker that wasn't there.
        if scans:
            kept.append(content[position:end])
        elif marker not in _JPEG_METADATA:
            kept.append(content[start:end])
        if marker == _APP1 and not exif and content.startswith(_EXIF_PREFIX, start + 4):
            exif = content[start + 4 + len(_EXIF_PREFIX) : end]
        scans += marker == _SCAN
        progressive = progressive or marker in (0xC2, 0xCA) or scans > 1
        position = end
    if scans > MAX_SCANS:
        raise ImageUndecodableError(
            f"The image is a JPEG of {scans} scans; at most {MAX_SCANS} are decoded. Save it again as a plain JPEG."
        )
    if marker != _END and scans:
        kept.append(content[position:])
    return PixelData(b"".join(kept), exif, marker == _END, progressive)


def _check_pieces(kept: int, seen: int) -> None:
    if kept > MAX_SEGMENTS or seen > MAX_METADATA:
        raise ImageUndecodableError(
            f"The image's file has more than {MAX_SEGMENTS:,} pieces. Save the image again, and send the new file."
        )


def jpeg_segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield each segment's marker, start and end as libjpeg finds them (jdmarker.c), up to the end of the first image.

    Restart markers and others without a length are left out, except the end marker.
    """
    position = 2
    while match := _JPEG_MARKER.search(content, position):
        marker, position = match[1][0], match.end()
        if marker in _WITH_LENGTH:
            position += max(2, int.from_bytes(content[position : position + 2], "big"))
            yield marker, match.start(), position
        elif marker == _END:
            yield marker, match.start(), position
            return
