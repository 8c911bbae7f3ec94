"""Image files to pixels."""

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from model_bundle.decoding.image_container import MAX_SIDE, UPRIGHT, PixelData, orientation_of, pixel_data, webp_size
from model_bundle.decoding.memory import MemoryBudget
from model_bundle.errors import ImageTooLargeError, ImageUndecodableError

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
MEMORY: Final = MemoryBudget(512 * 1024 * 1024)
"""Shared by all threads: so many images are decoded at a time as fit in here by their estimated cost."""
MAX_LOST_SHARE: Final = 0.05
"""Share of its pixels that a JPEG without an end may lack, and still be decoded."""
_BYTES_PER_PIXEL: Final = {"PNG": 13, "GIF": 10, "WEBP": 21}
_BYTES_PER_KEPT_PIXEL: Final = {"PNG": 8, "GIF": 8, "WEBP": 8, "JPEG": 18}
"""Measured at their highest, and rounded up."""

_CODEC_ERRORS: Final = (OSError, SyntaxError, ValueError, EOFError, IndexError, OverflowError, struct.error, zlib.error)
"""What Pillow raises for damaged files; they have no common base."""
_JPEG_END: Final = b"\xff\xd9"
_FILLER: Final = b"\x5a\xa7"
"""Stands for the missing end of a JPEG's data: whatever it changes was missing."""


@dataclass(frozen=True, slots=True)
class DecodedImage:
    """An image's pixels, and whether its file was whole."""

    pixels: NDArray[np.uint8]
    """RGB, [height, width, 3]."""
    is_whole: bool = True
    """False if the file stops before its end, and at most a small part of the pixels is missing."""


def decode_image(content: bytes, max_pixels: int, enough: int | None = None) -> DecodedImage:
    """Decode a JPEG, PNG, WebP or GIF file.

    The image is turned upright as its EXIF block says; transparent parts lie on white; an animation gives its first
    frame; colour profiles are ignored. If `enough` is given, an image is shrunk by a whole factor as long as both sides
    keep that many pixels, JPEGs while they are decoded, others right after.

    Threads wait for each other so that together they stay within `MEMORY`, by `estimate_bytes`. With `enough` 512, on
    one core of a busy machine: 0.3 ms for a JPEG of 224 x 224, 36 ms for one of 12 megapixels, 520 ms for a PNG of 16
    megapixels.

    ImageTooLargeError, before anything is decoded, for more than `max_pixels` or a side above `MAX_SIDE`;
    ImageUndecodableError if the bytes are not a JPEG, PNG, WebP or GIF file, or a damaged one.
    """
    data = pixel_data(content)
    if data.is_webp:
        size = webp_size(content)
        _check_size(*size, max_pixels)
        with MEMORY.reserve(estimate_bytes("WEBP", size, enough)), _open(content) as image:
            return DecodedImage(_pixels(image, b"", enough))
    with _open(data.content) as image:
        _check_size(*image.size, max_pixels)
        with MEMORY.reserve(estimate_bytes(str(image.format), image.size, enough, data.is_progressive)):
            return _decode(image, data, enough)


def estimate_bytes(kind: str, size: tuple[int, int], enough: int | None, is_progressive: bool = False) -> int:
    """Return the bytes that decoding an image of a Pillow format and size takes at its peak, beside its file.

    JPEGs are shrunk while they are decoded and cost little, unless they are progressive: then all coefficients are in
    memory, two bytes each, of up to four components.
    """
    pixels = size[0] * size[1]
    factor = 1 if enough is None else max(1, min(size) // enough)
    if kind == "JPEG":
        factor = max(divisor for divisor in (1, 2, 4, 8) if divisor <= factor)
    per_pixel = _BYTES_PER_PIXEL.get(kind, 9 if is_progressive else 1)
    return pixels * per_pixel + pixels // factor**2 * _BYTES_PER_KEPT_PIXEL[kind]


def _decode(image: "Image", data: PixelData, enough: int | None) -> DecodedImage:
    if data.has_end or image.format != "JPEG":
        return DecodedImage(_pixels(image, data.exif, enough), data.has_end)
    # libjpeg fills what is missing. Other bytes in its place, enough of them, show how much that is.
    filler = _FILLER * int(MAX_LOST_SHARE * image.width * image.height + 1024)
    whole_bytes = data.content.rstrip(b"\xff")  # half a marker, or half an escaped byte
    found = []
    for end in (_JPEG_END, filler + _JPEG_END):
        with _open(whole_bytes + end) as ended:
            found.append(_pixels(ended, data.exif, enough))
    if (found[0] != found[1]).any(axis=2).mean() > MAX_LOST_SHARE:
        raise _damaged()
    return DecodedImage(found[0], is_whole=False)


def _pixels(image: "Image", exif: bytes, enough: int | None) -> NDArray[np.uint8]:
    with _codec_errors():
        if enough is not None:
            image.draft(None, (enough, enough))
        image.load()
        opaque = _opaque(image)
    orientation = orientation_of(exif or image.info.get("exif", b"").removeprefix(b"Exif\x00\x00"))
    small = _shrunk(opaque, enough)
    return np.array(_upright(small, orientation).convert("RGB"))


def _open(content: bytes) -> "Image":
    # Here, so that a request without an image doesn't pay for it. Pillow would import all its formats to find WebP.
    from PIL import Image, UnidentifiedImageError, WebPImagePlugin  # noqa: F401

    warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit is our own, and checked right after
    try:
        with _codec_errors():
            return Image.open(BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError:
        raise ImageTooLargeError("The image has far more pixels than are decoded. Send a smaller one.") from None
    except ImageUndecodableError as error:
        if not isinstance(error.__cause__, UnidentifiedImageError):
            raise
        raise ImageUndecodableError(
            "The file is not an image that can be decoded, or a damaged one. Send a whole JPEG, PNG, WebP or GIF file."
        ) from None


@contextmanager
def _codec_errors() -> Iterator[None]:
    """Convert what Pillow raises for a damaged file. Anything else is our own fault, and passes."""
    try:
        yield
    except _CODEC_ERRORS as error:
        raise _damaged() from error


def _damaged() -> ImageUndecodableError:
    return ImageUndecodableError(
        "The image is damaged or incomplete. Save it again as JPEG, PNG, WebP or GIF, and send the whole file."
    )


def _check_size(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise ImageTooLargeError(
            f"The image has {width} x {height} = {width * height:,} pixels; at most {max_pixels:,} are decoded. "
            "Send a smaller one."
        )
    if max(width, height) > MAX_SIDE:
        raise ImageTooLargeError(
            f"The image has {width} x {height} pixels; no side may have more than {MAX_SIDE:,}. Send a smaller one."
        )


def _opaque(image: "Image") -> "Image":
    """Return the image in grey or RGB, with transparent parts on white."""
    if image.mode == "P" and image.palette is None:
        raise _damaged()
    if image.mode == "I;16":
        return _eight_bit(image)
    if not image.has_transparency_data:
        # Not always convert: it copies what is in the wanted mode already.
        return image if image.mode in ("L", "RGB") else image.convert("RGB")
    from PIL import Image

    colours = image if image.mode == "RGBA" else image.convert("RGBA")
    canvas = Image.new("RGB", image.size, "white")
    canvas.paste(colours, mask=colours)
    return canvas


def _eight_bit(image: "Image") -> "Image":
    from PIL import Image

    pixels: NDArray[Any] = np.asarray(image)
    grey = (pixels >> 8).astype(np.uint8)  # Pillow's own conversion cuts everything above 255 off
    if "transparency" in image.info:
        grey[pixels == image.info["transparency"]] = 255
    return Image.fromarray(grey)


def _shrunk(image: "Image", enough: int | None) -> "Image":
    factor = 1 if enough is None else min(image.size) // enough
    return image.reduce(factor) if factor > 1 else image


def _upright(image: "Image", orientation: int) -> "Image":
    if orientation == UPRIGHT:
        return image
    from PIL.Image import Transpose

    return image.transpose(
        {
            2: Transpose.FLIP_LEFT_RIGHT,
            3: Transpose.ROTATE_180,
            4: Transpose.FLIP_TOP_BOTTOM,
            5: Transpose.TRANSPOSE,
            6: Transpose.ROTATE_270,
            7: Transpose.TRANSVERSE,
            8: Transpose.ROTATE_90,
        }[orientation]
    )
