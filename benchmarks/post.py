"""A post of 20 words with an image, so that latency can be measured without any data set."""

from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image, ImageFilter

from model_bundle import Item

TEXT: Final = "A lovely morning at the harbour with my sister, cold hands, hot coffee and the best light of the year!"
SIDE: Final = 224
"""Pixels."""
GRAIN: Final = 12
"""Standard deviation of the noise, in steps of 255: that of a phone's camera in the evening."""


def picture() -> bytes:
    """Draw soft patches of colour under noise, as detailed as a photograph, and return the JPEG file."""
    generator = np.random.default_rng(0)
    coarse = Image.fromarray(generator.integers(0, 256, (SIDE // 16, SIDE // 16, 3), np.uint8))
    soft = coarse.resize((SIDE, SIDE), Image.Resampling.BICUBIC).filter(ImageFilter.SHARPEN)
    pixels = np.asarray(soft, np.float64) + generator.normal(0, GRAIN, (SIDE, SIDE, 3))
    file = BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=85)
    return file.getvalue()


def posts() -> dict[str, Item]:
    """Return the post, and each half of it alone."""
    whole = Item(text=TEXT, image=picture())
    return {"text and picture": whole, "text alone": whole.without("image"), "picture alone": whole.without("text")}
