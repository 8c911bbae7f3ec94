import struct
import zlib
from time import perf_counter

import numpy as np
import pytest
from PIL import Image

from model_bundle.decoding.image import decode_image
from model_bundle.decoding.image_container import MAX_SCANS, pixel_data
from model_bundle.errors import ImageUndecodableError
from tests.pictures import encoded, halves, noise, pixels_of

MOST = 50_000_000


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def test_metadata_goes_and_pixels_stay() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    jpeg = encoded(noise(40, 30), "JPEG", exif=exif, comment=b"private", icc_profile=b"profile" * 20_000)
    data = pixel_data(jpeg)
    kept = data.content
    assert data.exif == exif.tobytes().removeprefix(b"Exif\x00\x00")
    assert b"private" not in kept
    assert b"profile" not in kept
    assert np.array_equal(decode_image(kept, MOST).pixels, decode_image(encoded(noise(40, 30), "JPEG"), MOST).pixels)


def test_a_png_loses_everything_but_its_pixels() -> None:
    png = encoded(halves(), "PNG", dpi=(72, 72), icc_profile=b"profile")
    data = pixel_data(png)
    assert (len(data.content) < len(png), data.exif) == (True, b"")
    assert np.array_equal(decode_image(data.content, MOST).pixels, pixels_of(halves()))


def test_other_files_come_back_as_they_are() -> None:
    gif = encoded(halves(), "GIF")
    assert pixel_data(gif).content == gif


def test_what_says_how_colours_are_coded_stays() -> None:
    jpeg = encoded(halves().convert("CMYK"), "JPEG")
    assert b"Adobe" in jpeg
    assert b"Adobe" in pixel_data(jpeg).content


def test_a_second_picture_in_the_file_is_left_out() -> None:
    first, second = encoded(noise(16, 16, seed=1), "JPEG"), encoded(noise(16, 16, seed=2), "JPEG")
    assert pixel_data(first + second) == pixel_data(first)


def test_metadata_in_very_many_pieces_takes_no_time() -> None:
    jpeg, png = encoded(halves(), "JPEG"), encoded(halves(), "PNG")
    pieces = segment(0xE1, b"Exif\x00\x00" + b"x" * 100) * 20_000
    profile = chunk(b"iCCP", b"a\x00\x00" + zlib.compress(bytes(1 << 20), 9))
    started = perf_counter()
    decode_image(jpeg[:2] + pieces + jpeg[20:], MOST)
    decode_image(png[:33] + profile * 2000 + png[33:], MOST)
    assert perf_counter() - started < 2  # 0.05 s; Pillow alone takes 10 s


def test_too_many_scans_are_refused() -> None:
    jpeg = encoded(noise(64, 64), "JPEG", progressive=True)
    last_scan = jpeg[jpeg.rindex(b"\xff\xda") : -2]
    assert decode_image(jpeg[:-2] + last_scan * 10 + jpeg[-2:], MOST).pixels.shape == (64, 64, 3)
    with pytest.raises(ImageUndecodableError, match=f"at most {MAX_SCANS}"):
        decode_image(jpeg[:-2] + last_scan * MAX_SCANS + jpeg[-2:], MOST)
