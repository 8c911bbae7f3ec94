"""What an image looks like, in few bits: two of the same image agree in almost all of them."""

import hashlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model_bundle.decoding.image import decode_image

SIDE = 8
BITS = 2 * SIDE * SIDE
CLEAR_STEP = 4
"""Grey levels, of 256, from which on two neighbours differ by more than noise."""
MINIMUM_CLEAR_SHARE = 0.25
"""With fewer clear steps an image is mostly background: a logo on white, a night sky."""
MOST_PIXELS = 25_000_000
"""Of an image, as the image encoders have it where a recipe says nothing else."""


def picture_hash(content: bytes) -> NDArray[np.bool_]:
    """Return bool [BITS]: whether the image grows lighter to the right, then downwards.

    Neal Krawetz, "Kind of Like That" (2013): the difference hash, in both directions. Of an image that is mostly
    background, its checksum: those steps are noise, and would make all logos on white the same.
    ImageUndecodableError or ImageTooLargeError where an image encoder couldn't read it either.
    """
    grey = _small_and_grey(content)
    steps = np.concatenate([np.diff(grey, axis=1)[:SIDE].ravel(), np.diff(grey, axis=0)[:, :SIDE].ravel()])
    if (np.abs(steps) >= CLEAR_STEP).mean() >= MINIMUM_CLEAR_SHARE:
        return steps > 0
    digest = hashlib.blake2b(content, digest_size=BITS // 8).digest()
    return np.unpackbits(np.frombuffer(digest, np.uint8)).astype(np.bool_)


def _small_and_grey(content: bytes) -> NDArray[np.int64]:
    side = SIDE + 1
    pixels = decode_image(content, MOST_PIXELS, enough=4 * side).pixels
    return np.asarray(Image.fromarray(pixels).convert("L").resize((side, side), Image.Resampling.BOX), np.int64)
