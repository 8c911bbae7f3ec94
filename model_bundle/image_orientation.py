"""Which way up a picture is."""

import struct
from contextlib import suppress
from typing import Final

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
