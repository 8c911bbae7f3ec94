"""Finding the face in an image, with BlazeFace (Bazarevsky et al. 2019, arXiv:1907.05047), short range."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from model_bundle.graphs.graph import Graph
from model_bundle.readers.image import resize_image
from model_bundle.spec import GraphSpec, ResizeSpec, TensorSpec

SIDE: Final = 128
"""Height and width of what the detector sees."""
LEAST_SCORE: Final = 0.5
SAME_FACE: Final = 0.3
"""From this intersection over union on, two boxes are of one face."""
MARGIN: Final = 1.16
"""Side of the square around a face, as a multiple of the detector's box."""
LIFT: Final = 0.09
"""How far that square lies above the box, as a share of its side: the box ends at the middle of the forehead.

Both are medians over 294 of FER2013's training faces, so that a face found in a frame looks like those that the
encoder learned from.
"""
GRIDS: Final = ((16, 2), (8, 6))
"""Cells by side, and anchors in each cell."""

DETECTOR_GRAPH: Final = GraphSpec(
    file="faces.onnx",
    inputs=(TensorSpec(name="input", dtype="float32", shape=(1, 3, SIDE, SIDE)),),
    outputs=(
        TensorSpec(name="regressors", dtype="float32", shape=(1, 896, 16)),
        TensorSpec(name="classificators", dtype="float32", shape=(1, 896, 1)),
    ),
)
"""The published graph as `tflite2onnx` converts it."""
_LETTERBOX: Final = ResizeSpec(height=SIDE, width=SIDE, resize="pad", resampling="bilinear", max_pixels=1)


@dataclass(frozen=True, slots=True)
class Face:
    """A box from the forehead to the chin, in pixels of the image."""

    left: float
    top: float
    width: float
    height: float
    score: float
    """How sure the detector is, 0 to 1."""

    def square(self) -> tuple[int, int, int]:
        """Return left, top and side of the square that FER2013 would cut out for this face."""
        side = MARGIN * max(self.width, self.height)
        left = self.left + (self.width - side) / 2
        top = self.top + (self.height - side) / 2 - LIFT * side
        return round(left), round(top), max(1, round(side))


class FaceDetector:
    """Finds upright faces that take up a tenth of the image or more."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        self._graph = Graph(path, DETECTOR_GRAPH, threads)
        self._anchors = _anchors()

    def faces(self, pixels: NDArray[np.uint8]) -> list[Face]:
        """Return the faces in `pixels` uint8 [height, width, 3], the largest first."""
        letterboxed = resize_image(pixels, _LETTERBOX).astype(np.float32).transpose(2, 0, 1) / 127.5 - 1
        boxes, scores = self._graph.run({"input": letterboxed[None]})
        found = scores[0, :, 0] > _logit(LEAST_SCORE)
        centres, sizes = boxes[0, found, :2] / SIDE + self._anchors[found], boxes[0, found, 2:4] / SIDE
        height, width = pixels.shape[:2]
        longer = max(height, width)
        offset = np.array([(longer - width) / 2, (longer - height) / 2])
        corners = (centres - sizes / 2) * longer - offset
        probabilities = 1 / (1 + np.exp(-scores[0, found, 0]))
        rows = zip(corners.tolist(), (sizes * longer).tolist(), probabilities.tolist(), strict=True)
        faces = [Face(left, top, wide, high, score) for (left, top), (wide, high), score in rows]
        return sorted(_distinct(faces), key=lambda face: -face.width * face.height)


def crop_square(pixels: NDArray[np.uint8], left: int, top: int, side: int) -> NDArray[np.uint8]:
    """Cut uint8 [side, side, 3] out of `pixels`; what lies outside repeats the edge."""
    rows = np.clip(np.arange(top, top + side), 0, pixels.shape[0] - 1)
    columns = np.clip(np.arange(left, left + side), 0, pixels.shape[1] - 1)
    return pixels[rows[:, None], columns[None]]


def _anchors() -> NDArray[np.float64]:
    """Return the centre of each anchor as a share of the side, float64 [896, 2]."""
    centres = []
    for cells, count in GRIDS:
        along = (np.arange(cells) + 0.5) / cells
        grid = np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)
        centres.append(grid.repeat(count, axis=0))
    return np.concatenate(centres)


def _distinct(faces: list[Face]) -> list[Face]:
    """Keep of each face the box of which the detector is most sure."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if all(_overlap(face, other) < SAME_FACE for other in kept):
            kept.append(face)
    return kept


def _overlap(one: Face, other: Face) -> float:
    """Return the intersection over union."""
    wide = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    high = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    shared = max(0.0, wide) * max(0.0, high)
    return shared / (one.width * one.height + other.width * other.height - shared)


def _logit(probability: float) -> float:
    return float(np.log(probability / (1 - probability)))
