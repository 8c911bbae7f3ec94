"""Images for tests, drawn on the spot."""

from io import BytesIO
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

RED: Final = (220, 20, 20)
BLUE: Final = (20, 20, 220)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Return the image as a file of `kind`, such as `JPEG`."""
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def plain(colour: tuple[int, int, int], width: int = 12, height: int = 8) -> Image.Image:
    """Return an image of one colour."""
    return Image.new("RGB", (width, height), colour)


def halves(width: int = 12, height: int = 8) -> Image.Image:
    """Return an image that is red on the left and blue on the right."""
    image = plain(RED, width, height)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    """Return an image of soft noise, as photographs are."""
    coarse = np.random.default_rng(seed).integers(0, 256, (height // 16 + 2, width // 16 + 2, 3), np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def pixels_of(image: Image.Image) -> NDArray[np.uint8]:
    """Return the image's pixels, uint8 [height, width, 3]."""
    return np.array(image.convert("RGB"))
