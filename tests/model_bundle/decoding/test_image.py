import zlib
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageSequence

from model_bundle.decoding.image import decode_image
from model_bundle.errors import ImageTooLargeError, ImageUndecodableError
from tests.pictures import BLUE, RED, encoded, halves, noise, pixels_of, plain

MOST = 1_000_000
LOSSLESS = 0
LOSSY = 12
BEST: dict[str, dict[str, Any]] = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}


def grey_ramp() -> Image.Image:
    return Image.fromarray(np.linspace(0, 255, 96).astype(np.uint8).reshape(8, 12))


def sixteen_bit() -> Image.Image:
    return Image.fromarray(np.linspace(0, 65535, 96).astype(np.uint16).reshape(8, 12))


def with_alpha(alpha: int) -> Image.Image:
    image = halves()
    image.putalpha(alpha)
    return image


def cmyk() -> Image.Image:
    return halves().convert("CMYK")


PLAIN: list[tuple[str, Image.Image, int]] = [
    ("JPEG", halves(), LOSSY),
    ("JPEG", grey_ramp(), LOSSY),
    ("JPEG", cmyk(), LOSSY),
    ("PNG", halves(), LOSSLESS),
    ("PNG", grey_ramp(), LOSSLESS),
    ("PNG", halves().convert("1"), LOSSLESS),
    ("PNG", halves().convert("P", palette=Image.Palette.ADAPTIVE), LOSSLESS),
    ("PNG", grey_ramp().convert("LA"), LOSSLESS),
    ("PNG", with_alpha(255), LOSSLESS),
    ("GIF", halves().convert("P", palette=Image.Palette.ADAPTIVE), LOSSLESS),
    ("GIF", grey_ramp(), LOSSLESS),
    ("WEBP", halves(), LOSSLESS),
    ("WEBP", with_alpha(255), LOSSLESS),
]


@pytest.mark.parametrize(("kind", "image", "tolerance"), PLAIN, ids=lambda value: getattr(value, "mode", str(value)))
def test_every_kind_and_mode_becomes_rgb(kind: str, image: Image.Image, tolerance: int) -> None:
    pixels = decode_image(encoded(image, kind, **BEST.get(kind, {})), MOST).pixels
    assert pixels.dtype == np.uint8
    assert pixels.shape == (8, 12, 3)
    assert pixels.flags.writeable
    assert np.abs(pixels.astype(int) - pixels_of(image)).max() <= tolerance


def test_a_progressive_jpeg_is_read() -> None:
    pixels = decode_image(encoded(noise(64, 48), "JPEG", progressive=True, quality=95), MOST).pixels
    assert np.abs(pixels.astype(int) - pixels_of(noise(64, 48))).mean() < 3


def test_colours_without_adobes_marker_are_read_as_with_it() -> None:
    # As browsers do: CMYK is taken as inverted, the way that Adobe's programs write it.
    marked = encoded(cmyk(), "JPEG", **BEST["JPEG"])
    start = marked.index(b"\xff\xee")
    unmarked = marked[:start] + marked[start + 16 :]
    assert np.array_equal(decode_image(unmarked, MOST).pixels, decode_image(marked, MOST).pixels)


def test_a_jpeg_that_holds_rgb_keeps_its_colours() -> None:
    pixels = decode_image(encoded(halves(), "JPEG", keep_rgb=True, **BEST["JPEG"]), MOST).pixels
    assert np.abs(pixels.astype(int) - pixels_of(halves())).max() <= LOSSY


def test_sixteen_bits_are_scaled_not_cut() -> None:
    grey = decode_image(encoded(sixteen_bit(), "PNG"), MOST).pixels[..., 0].ravel()
    assert np.abs(grey - np.linspace(0, 255, 96)).max() <= 1


def test_what_is_transparent_lies_on_white() -> None:
    assert (decode_image(encoded(with_alpha(0), "PNG"), MOST).pixels == 255).all()
    half = decode_image(encoded(with_alpha(51), "PNG"), MOST).pixels
    assert np.abs(half[0, 0] - (np.array(RED) * 0.2 + 255 * 0.8)).max() <= 1


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_a_palettes_transparent_colour_lies_on_white(kind: str) -> None:
    image = halves().convert("P", palette=Image.Palette.ADAPTIVE)
    pixels = decode_image(encoded(image, kind, transparency=image.getpixel((0, 0))), MOST).pixels
    assert pixels[0, 0].tolist() == [255, 255, 255]
    assert pixels[0, -1].tolist() == list(BLUE)


@pytest.mark.parametrize(
    ("image", "transparency"),
    [(plain(RED), RED), (Image.new("L", (12, 8), 7), 7), (Image.new("I;16", (12, 8), 700), 700)],
)
def test_a_transparent_colour_without_a_palette_lies_on_white(image: Image.Image, transparency: object) -> None:
    assert (decode_image(encoded(image, "PNG", transparency=transparency), MOST).pixels == 255).all()


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_read(kind: str) -> None:
    content = encoded(plain(RED), kind, save_all=True, append_images=[plain(BLUE), halves()], duration=50)
    with Image.open(BytesIO(content)) as image:
        assert len(list(ImageSequence.Iterator(image))) == 3
    assert np.abs(decode_image(content, MOST).pixels.astype(int) - RED).max() <= 10


TURNS: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.transpose(1, 0, 2),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: stored[::-1, ::-1].transpose(1, 0, 2),
    8: lambda stored: np.rot90(stored),
}
"""EXIF 2.32, tag 0x0112: what the stored image needs to be upright."""


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_turned_upright(kind: str, orientation: int) -> None:
    stored = noise(32, 16)
    exif = Image.Exif()
    exif[0x010F] = "a maker of cameras"
    exif[0x0112] = orientation
    pixels = decode_image(encoded(stored, kind, exif=exif, **BEST.get(kind, {})), MOST).pixels
    expected = TURNS[orientation](pixels_of(stored)).astype(int)
    assert pixels.shape == expected.shape
    assert np.abs(pixels - expected).max() <= (LOSSY if kind == "JPEG" else LOSSLESS)


def test_a_picture_is_shrunk_while_enough_of_it_is_left() -> None:
    jpeg, png = (encoded(noise(800, 600), kind) for kind in ("JPEG", "PNG"))
    assert decode_image(jpeg, MOST, enough=100).pixels.shape == (150, 200, 3)  # JPEGs know halves, quarters and eighths
    assert decode_image(jpeg, MOST, enough=30).pixels.shape == (38, 50, 3)
    assert decode_image(png, MOST, enough=100).pixels.shape == (100, 134, 3)
    assert decode_image(png, MOST, enough=601).pixels.shape == (600, 800, 3)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_too_many_pixels_are_refused(kind: str) -> None:
    with pytest.raises(ImageTooLargeError, match=r"120 x 80 = 9,600 pixels; at most 9,599.*Send a smaller one"):
        decode_image(encoded(plain(RED, 120, 80), kind), 9_599)
    assert decode_image(encoded(plain(RED, 120, 80), kind), 9_600).pixels.shape == (80, 120, 3)


def png_header(width: int, height: int) -> bytes:
    content = bytearray(encoded(plain(RED), "PNG"))
    content[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    return bytes(content)


@pytest.mark.parametrize("side", [10_000, 20_000, 2**31 - 1])
def test_a_huge_header_is_refused_before_anything_is_decoded(side: int) -> None:
    with pytest.raises(ImageTooLargeError):
        decode_image(png_header(side, side), MOST)


def test_a_header_that_promises_more_than_the_file_has_is_damage() -> None:
    with pytest.raises(ImageUndecodableError, match="damaged or incomplete"):
        decode_image(png_header(900, 900), MOST)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(kind: str, share: float) -> None:
    content = encoded(noise(64, 64), kind)
    with pytest.raises(ImageUndecodableError, match=r"[Ss]end (a|the) whole"):
        decode_image(content[: int(len(content) * share)], MOST)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"A text, not a picture.",
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        b"%PDF-1.7",
        encoded(halves(), "TIFF"),
        encoded(halves(), "BMP"),
        encoded(halves(), "PPM"),
        encoded(halves(), "ICO"),
    ],
)
def test_what_is_no_picture_of_the_four_kinds_is_refused(content: bytes) -> None:
    with pytest.raises(ImageUndecodableError, match="Send a whole JPEG, PNG, WebP or GIF"):
        decode_image(content, MOST)


@given(
    start=st.sampled_from([b"", *(encoded(halves(), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF"))]), data=st.data()
)
def test_damage_is_never_more_than_a_domain_error(start: bytes, data: st.DataObject) -> None:
    noise_at = data.draw(st.integers(0, len(start)))
    content = start[:noise_at] + data.draw(st.binary(max_size=64)) + start[noise_at + data.draw(st.integers(0, 64)) :]
    with suppress(ImageUndecodableError, ImageTooLargeError):
        assert decode_image(content, MOST).pixels.ndim == 3


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}])
@pytest.mark.parametrize("lost", [1, 2, 3, 8])
def test_a_jpeg_that_lacks_its_last_bytes_is_decoded_and_known_to_be_incomplete(
    options: dict[str, Any], lost: int
) -> None:
    content = encoded(noise(320, 240), "JPEG", **options)
    decoded = decode_image(content[:-lost], MOST)
    whole = decode_image(content, MOST)
    assert (decoded.is_whole, whole.is_whole) == (False, True)
    assert (decoded.pixels != whole.pixels).any(axis=2).mean() < 0.05


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("enough", [None, 40])
def test_a_jpeg_that_lacks_more_is_refused(share: float, enough: int | None) -> None:
    content = encoded(noise(320, 240), "JPEG")
    with pytest.raises(ImageUndecodableError, match="send the whole file"):
        decode_image(content[: int(len(content) * share)], MOST, enough)


def test_a_png_without_its_end_is_known_to_be_incomplete() -> None:
    content = encoded(noise(32, 24), "PNG")
    for lost in (1, 4, 12):
        decoded = decode_image(content[:-lost], MOST)
        assert not decoded.is_whole
        assert np.array_equal(decoded.pixels, pixels_of(noise(32, 24)))
    assert decode_image(content + b"more", MOST).is_whole


@pytest.mark.parametrize("error", [MemoryError, KeyError, AttributeError, AssertionError])
@pytest.mark.parametrize("step", ["_opaque", "_shrunk", "_upright", "_open"])
def test_faults_of_our_own_are_not_the_images(
    monkeypatch: pytest.MonkeyPatch, step: str, error: type[Exception]
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(f"model_bundle.decoding.image.{step}", fail)
    with pytest.raises(error):
        decode_image(encoded(halves(), "PNG"), MOST)


def test_a_lack_of_memory_inside_the_codec_is_not_the_images_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", fail)
    with pytest.raises(MemoryError):
        decode_image(encoded(halves(), "PNG"), MOST)


def test_a_png_without_its_palette_is_damaged() -> None:
    content = encoded(halves().convert("P", palette=Image.Palette.ADAPTIVE), "PNG")
    start = content.index(b"PLTE") - 4
    end = start + 12 + int.from_bytes(content[start : start + 4], "big")
    with pytest.raises(ImageUndecodableError):
        decode_image(content[:start] + content[end:], MOST)
