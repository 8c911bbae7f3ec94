"""Pictures to pixels."""

from collections.abc import Sequence
from typing import Any, ClassVar

from numpy.typing import NDArray

from model_bundle.image_codec import decode_image
from model_bundle.image_resize import enough_pixels, resize_image
from model_bundle.item import Item
from model_bundle.reader import ABSENT, Arrays, Reading, Stage, stack_rows
from model_bundle.spec import ResizeSpec


class ImageReader:
    """Reads `Item.image` into `pixels` uint8 [height, width, 3]."""

    stage: ClassVar[Stage] = "decode"

    def __init__(self, spec: ResizeSpec) -> None:
        self._spec = spec

    def read(self, item: Item) -> Reading:
        """Decode and resize; ImageTooLargeError or ImageUndecodableError where that can't be done."""
        if item.image is None:
            return ABSENT
        pixels = decode_image(item.image, self._spec.most_pixels, enough_pixels(self._spec))
        return Reading({"pixels": resize_image(pixels, self._spec)})

    def stack(self, arrays: Sequence[Arrays]) -> dict[str, NDArray[Any]]:
        """Stack the rows."""
        return stack_rows(arrays)

    def length(self, arrays: Arrays) -> int:  # noqa: ARG002  # the protocol's signature
        """Every item is the same size."""
        return 1
