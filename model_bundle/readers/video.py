"""Clips to frames."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from model_bundle.graphs.faces import FaceDetector, crop_square
from model_bundle.item import ClipSource, Item
from model_bundle.prediction import PredictionWarning
from model_bundle.readers.image import INCOMPLETE, enough_pixels, resize_image
from model_bundle.readers.reader import ABSENT, Arrays, Reading, Stage
from model_bundle.spec import FramesSpec, VideoSpec

if TYPE_CHECKING:
    from model_bundle.decoding.clip import DecodedClip

FACE_ALREADY: Final = 64
"""An image with a side no longer than this is taken for a face that was cut out already."""
DETECTED_SIDE: Final = 640
"""Faces are looked for in images whose shorter side has about this many pixels."""
NO_FACE: Final = PredictionWarning("no_face", "No face was found, so the whole image was taken for one.")
SEVERAL_FACES: Final = PredictionWarning(
    "several_faces", "There are several faces; the largest in each frame was looked at."
)

Pixels = NDArray[np.uint8]


class VideoReader:
    """Reads frames into `frames` uint8 [frames, height, width, 3] and `frame_counts` int64 [].

    They are those of `Item.video`, or else `Item.image` as a clip of one frame.
    """

    stage: ClassVar[Stage] = "decode"

    def __init__(self, spec: FramesSpec, detector: FaceDetector | None = None) -> None:
        self._spec = spec
        self._detector = detector

    @classmethod
    def open(cls, spec: VideoSpec, folder: Path) -> "VideoReader":
        """Open the reader that a bundle describes."""
        return cls(spec, FaceDetector(folder / spec.face_detector) if spec.face_detector is not None else None)

    def read(self, item: Item) -> Reading:
        """Decode what isn't decoded yet, find the faces and resize.

        The errors of `decode_clip` or `decode_image` if that fails.
        """
        if item.video is not None:
            clip = self._decoded(item.video)
            return self._reading([clip.frames[at] for at in _even(len(clip.frames), self._spec.frames)], clip.warnings)
        return self._still(item.image) if item.image is not None else ABSENT

    def stack(self, arrays: Sequence[Arrays]) -> dict[str, NDArray[Any]]:
        """Pad with black frames up to the longest; the graph reads `frame_counts` and ignores the padding."""
        counts = np.array([row["frame_counts"] for row in arrays], np.int64)
        frames = np.zeros((len(arrays), counts.max(), *arrays[0]["frames"].shape[1:]), np.uint8)
        for padded, row in zip(frames, arrays, strict=True):
            padded[: len(row["frames"])] = row["frames"]
        return {"frames": frames, "frame_counts": counts}

    def length(self, arrays: Arrays) -> int:
        """Number of frames."""
        return int(arrays["frame_counts"])

    def _decoded(self, source: ClipSource) -> "DecodedClip":
        from model_bundle.decoding.clip import (  # only for those who have a clip
            MAX_FRAME_PIXELS,
            ClipRequest,
            decoded_clip,
        )

        max_pixels = min(self._spec.picture.max_pixels, MAX_FRAME_PIXELS)
        request = ClipRequest("video", sample_rate=0, frames=self._spec.frames, max_frame_pixels=max_pixels)
        return decoded_clip(source, request)

    def _still(self, content: bytes) -> Reading:
        from model_bundle.decoding.image import decode_image

        picture = self._spec.picture
        enough = DETECTED_SIDE if self._detector is not None else enough_pixels(picture)
        image = decode_image(content, picture.max_pixels, enough)
        return self._reading([image.pixels], () if image.is_whole else (INCOMPLETE,))

    def _reading(self, frames: Sequence[Pixels], warnings: tuple[PredictionWarning, ...]) -> Reading:
        if not frames:
            return Reading(None, warnings)
        seen, of_faces = self._faces(frames) if self._detector is not None else (frames, ())
        pictures = [resize_image(pixels, self._spec.picture) for pixels in seen]
        if self._spec.fill:
            pictures = [pictures[at] for at in np.linspace(0, len(pictures) - 1, self._spec.frames).round().astype(int)]
        arrays: Arrays = {"frames": np.stack(pictures), "frame_counts": np.array(len(pictures), np.int64)}
        return Reading(arrays, (*warnings, *of_faces))

    def _faces(self, frames: Sequence[Pixels]) -> tuple[Sequence[Pixels], tuple[PredictionWarning, ...]]:
        """Cut the largest face out of each frame that has one; if none has, whole frames stay."""
        assert self._detector is not None
        if min(frames[0].shape[:2]) <= FACE_ALREADY:
            return frames, ()
        found = [(pixels, self._detector.faces(pixels)) for pixels in frames]
        crops = [crop_square(pixels, *faces[0].square()) for pixels, faces in found if faces]
        if not crops:
            return frames, (NO_FACE,)
        return crops, (SEVERAL_FACES,) if any(len(faces) > 1 for _, faces in found) else ()


def _even(length: int, count: int) -> list[int]:
    """Return up to `count` of `length` positions, evenly spaced, ends included."""
    return np.unique(np.linspace(0, length - 1, count).round().astype(int)).tolist() if length else []
