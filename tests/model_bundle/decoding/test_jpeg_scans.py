"""The scanner of JPEG segments against libjpeg itself, on a corpus of files that are made to mislead it.

libjpeg fails at a scan header that names a component which isn't there. So a file whose last scan is poisoned that way
decodes only if libjpeg takes the scan's header for something else, and the scanner must see the scan or not as it does.
"""

from contextlib import suppress
from io import BytesIO
from itertools import product
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from model_bundle.decoding.image import decode_image
from model_bundle.decoding.image_container import MAX_SCANS, MAX_SEGMENTS, jpeg_segments, pixel_data
from model_bundle.errors import ImageUndecodableError
from tests.pictures import encoded, noise

SCAN = 0xDA
PROGRESSIVE = encoded(noise(48, 32), "JPEG", progressive=True)
LAST = PROGRESSIVE.rindex(b"\xff\xda")
HEAD, LAST_SCAN = PROGRESSIVE[:LAST], PROGRESSIVE[LAST:-2]
POISONED = LAST_SCAN[:5] + b"\x7f" + LAST_SCAN[6:]
WITH_RESTARTS = encoded(noise(48, 32), "JPEG", progressive=True, restart_marker_blocks=1)
RESTART_LAST = WITH_RESTARTS.rindex(b"\xff\xda")

PIECES = [
    b"\xff\x01",
    b"\xff\x00",
    b"\xff\xd0",
    b"\xff\xd7",
    b"\xff",
    b"\xff\xff\xff\xff",
    b"\x00",
    b"\x00\x02",
    b"\xff\xfe\x00\x02",
    b"\xff\xfe\x00\x00",
    b"\xff\xfe\x00\x08abcdef",
    b"\xff\xfe\x00\x30",
    b"\xff\xe1\x00\x04\xff\xda",
    b"\xff\x02\x00\x40",
    b"\xff\xbf\x00\x40",
    b"\xff\xdd\x00\x04\x00\x00",
    b"\xff\xdb\x00\x02",
    b"\xff\xc4\x00\x02",
    b"\xff\xd9",
]


def _decodes(content: bytes) -> bool:
    try:
        with Image.open(BytesIO(content), formats=["JPEG"]) as image:
            image.load()
    except (OSError, SyntaxError):
        return False
    return True


def _scans(content: bytes) -> int:
    return sum(marker == SCAN for marker, *_ in jpeg_segments(content))


def _check(head: bytes, trick: bytes, last_scan: bytes) -> None:
    good = head + trick + last_scan + b"\xff\xd9"
    poisoned = head + trick + last_scan[:5] + b"\x7f" + last_scan[6:] + b"\xff\xd9"
    if _decodes(good):
        reached = not _decodes(poisoned)
        assert _scans(good) - _scans(head) == reached, trick


@pytest.mark.parametrize("trick", [b"".join(pair) for pair in product(PIECES, repeat=2)], ids=bytes.hex)
def test_the_scanner_and_libjpeg_find_the_same_scans(trick: bytes) -> None:
    _check(HEAD, trick, LAST_SCAN)
    _check(WITH_RESTARTS[:RESTART_LAST], trick, WITH_RESTARTS[RESTART_LAST:-2])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=5), max_size=6).map(b"".join))
def test_they_agree_on_any_bytes_between_scans(trick: bytes) -> None:
    _check(HEAD, trick, LAST_SCAN)


def test_removing_metadata_makes_no_scans() -> None:
    # A fill byte, a segment of metadata, and what with the fill byte would be a scan.
    content = HEAD + (b"\xff\xff\xe1\x00\x02" + LAST_SCAN[1:]) * (MAX_SCANS + 1) + LAST_SCAN + b"\xff\xd9"
    assert _scans(pixel_data(content).content) == _scans(content) == _scans(HEAD) + 1


def test_libjpeg_fails_at_a_poisoned_scan() -> None:
    assert _decodes(HEAD + LAST_SCAN + b"\xff\xd9")
    assert not _decodes(HEAD + POISONED + b"\xff\xd9")


@pytest.mark.parametrize(
    "cover", [b"\xff\x01\xff\xff", b"\xff\x01\x40\x00", b"\xff\xff\x01\x7f\xff", b"\xff\x02\x20\x00"]
)
def test_no_marker_hides_scans(cover: bytes) -> None:
    content = HEAD + (cover + LAST_SCAN) * (MAX_SCANS + 1) + b"\xff\xd9"
    with pytest.raises(ImageUndecodableError):
        decode_image(content, 10_000)


TABLES = PROGRESSIVE.index(b"\xff\xdb")
PADDING = {
    "empty tables": b"\xff\xdb\x00\x02" * 2_500_000,
    "as many empty tables as pass": b"\xff\xdb\x00\x02" * (MAX_SEGMENTS - 100),
    "empty comments": b"\xff\xfe\x00\x02" * 2_500_000,
    "restart markers": b"\xff\xd0" * 5_000_000,
    "fill bytes": b"\xff" * 10_000_000,
    "bytes that are nothing": b"a" * 10_000_000,
}


@pytest.mark.parametrize("name", PADDING)
def test_megabytes_of_nothing_before_the_first_scan_take_no_time(name: str) -> None:
    content = PROGRESSIVE[:TABLES] + PADDING[name] + PROGRESSIVE[TABLES:]
    started = process_time()
    with suppress(ImageUndecodableError):
        decode_image(content, 10_000)
    assert process_time() - started < 2  # Pillow alone: 6 s


def test_what_viewers_show_in_spite_of_bytes_between_segments_is_decoded() -> None:
    for junk in (b"\xff\x01", b"\x00\x00", b"\xff\xff\xff", b"\xff\xd0"):
        start = PROGRESSIVE.index(b"\xff\xdb")
        assert decode_image(PROGRESSIVE[:start] + junk + PROGRESSIVE[start:], 10_000).is_whole
