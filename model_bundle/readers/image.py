"""Images to pixels."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from model_bundle.decoding.image import decode_image
from model_bundle.item import Item
from model_bundle.prediction import PredictionWarning
from model_bundle.readers.reader import ABSENT, Arrays, Reading, Stage, stack_rows
from model_bundle.spec import ResizeSpec

if TYPE_CHECKING:
    from PIL.Image import Image


INCOMPLETE: Final = PredictionWarning(
    "media_incomplete", "The image's file is cut off at its end; what is there was used."
)

SPARE: Final = 2
"""How many times larger than needed an image stays when it is decoded small; the filter does the rest.

At twice the size the result is very close to that of scaling the whole image (Pillow: `Image.resize`, reducing_gap).
"""


def enough_pixels(spec: ResizeSpec) -> int:
    """Return how many pixels either side of an image must keep, for `resize_image` to have enough of them."""
    return SPARE * (spec.shorter_side or max(spec.height, spec.width))


def resize_image(pixels: NDArray[np.uint8], spec: ResizeSpec) -> NDArray[np.uint8]:
    """Return `pixels`, uint8 [rows, columns, 3], as uint8 [height, width, 3], resized as `spec` says."""
    from PIL import Image  # here, so that a request without an image doesn't pay for it

    image = Image.fromarray(pixels)
    if spec.resize == "crop":
        resized = _resized(image, spec, spec.width, spec.height, _centre(image.size, spec))
    elif spec.resize == "stretch":
        resized = _resized(image, spec, spec.width, spec.height)
    else:
        scale = min(spec.width / image.width, spec.height / image.height)
        inner = _resized(image, spec, max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        resized = Image.new("RGB", (spec.width, spec.height))
        resized.paste(inner, ((spec.width - inner.width) // 2, (spec.height - inner.height) // 2))
    return np.array(resized)


def _centre(size: tuple[int, int], spec: ResizeSpec) -> tuple[float, float, float, float]:
    """Return the part of an image that is left when its shorter side is scaled and its centre cut out.

    Scaling just that part gives the same pixels but for rounding, and costs the same however long the longer side is.
    """
    assert spec.shorter_side is not None  # the description's own check
    columns, rows = size
    scaled_columns, scaled_rows = (spec.shorter_side * side // min(size) for side in size)
    left, top = (scaled_columns - spec.width) // 2, (scaled_rows - spec.height) // 2
    return (
        left * columns / scaled_columns,
        top * rows / scaled_rows,
        (left + spec.width) * columns / scaled_columns,
        (top + spec.height) * rows / scaled_rows,
    )


def _resized(
    image: "Image", spec: ResizeSpec, width: int, height: int, part: tuple[float, float, float, float] | None = None
) -> "Image":
    from PIL.Image import Resampling

    return image.resize((width, height), Resampling[spec.resampling.upper()], part)


class ImageReader:
    """Reads `Item.image` into `pixels` uint8 [height, width, 3]."""

    stage: ClassVar[Stage] = "decode"

    def __init__(self, spec: ResizeSpec) -> None:
        self._spec = spec

    def read(self, item: Item) -> Reading:
        """Decode and resize; ImageTooLargeError or ImageUndecodableError if that fails."""
        if item.image is None:
            return ABSENT
        decoded = decode_image(item.image, self._spec.max_pixels, enough_pixels(self._spec))
        warnings = () if decoded.is_whole else (INCOMPLETE,)
        return Reading({"pixels": resize_image(decoded.pixels, self._spec)}, warnings)

    def stack(self, arrays: Sequence[Arrays]) -> dict[str, NDArray[Any]]:
        """Stack the rows."""
        return stack_rows(arrays)

    def length(self, arrays: Arrays) -> int:  # noqa: ARG002  # the protocol's signature
        """Every item is the same size."""
        return 1
