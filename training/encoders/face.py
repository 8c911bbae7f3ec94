"""Faces to one vector, with a compact residual network over grey images, pooled over frames."""

import shutil
from pathlib import Path
from typing import Annotated, Final, Literal

import torch
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from torch import Tensor, nn

from model_bundle.graphs.faces import DETECTOR_GRAPH, FaceDetector
from model_bundle.readers.video import VideoReader
from model_bundle.spec import FramesSpec, GraphSpec, ResizeSpec, TensorSpec, VideoSpec
from training.encoders.encoder import Encoder, Learned
from training.encoders.face_changes import FaceChanges, change_faces
from training.encoders.residual import ResidualBlock
from training.encoders.trained import load_trained_weights
from training.fitting.material import Material

DETECTOR: Final = Path(__file__).parent / "assets" / "blazeface.onnx"
"""MediaPipe's BlazeFace short range (Apache-2.0): `face_detection_short_range.tflite` of the npm package
`@mediapipe/face_detection` 0.4.1657300184, as `tflite2onnx` 0.4.1 converts it."""
LUMINANCE: Final = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in brightness (ITU-R BT.601)."""
MIDDLE: Final = 127.5
SPREAD: Final = 64.0

Size = Annotated[int, Field(gt=0)]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class FaceRecipe:
    """Residual blocks over each face, and the mean over the frames."""

    kind: Literal["face"] = "face"
    start_from: str | None = None
    """`best.pt` of an earlier run, whose video encoder this one goes on from."""
    frames: Size = 8
    """At most so many, evenly spaced over the clip."""
    side: Size = 48
    """Height and width of a face, in pixels."""
    max_pixels: Size = 25_000_000
    """Larger images, and clips with larger frames, are refused."""
    widths: tuple[Size, ...] = (24, 48, 96, 192)
    """Channels of each stage; each but the first halves the image."""
    depths: tuple[Size, ...] = (1, 1, 2, 2)
    """Blocks of each stage."""
    changes: FaceChanges | None = None
    """Random changes in training; none without it."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.4
    """Dropout before the projection."""

    def learn(self, material: Material) -> Learned:  # noqa: ARG002  # the protocol's signature
        """Reading needs nothing that is learned."""
        return {}

    def reader(self, learned: Learned) -> VideoReader:  # noqa: ARG002
        """Return the reader."""
        return VideoReader(self._frames, FaceDetector(DETECTOR))

    def build(self, learned: Learned, dimension: int) -> "FaceEncoder":  # noqa: ARG002
        """Return the encoder."""
        return FaceEncoder(self, dimension)

    def initialise(self, encoder: Encoder, learned: Learned, material: Material) -> None:  # noqa: ARG002
        """Start from an earlier run, if one is named."""
        if self.start_from is not None:
            load_trained_weights(self.start_from, "video", encoder)

    def describe(self, learned: Learned, graph: GraphSpec, folder: Path) -> VideoSpec:  # noqa: ARG002
        """Return the bundle's description, and write the detector's file."""
        shutil.copyfile(DETECTOR, folder / DETECTOR_GRAPH.file)
        return VideoSpec(graph=graph, **self._frames.model_dump())

    @property
    def _frames(self) -> FramesSpec:
        picture = ResizeSpec(
            height=self.side,
            width=self.side,
            resize="stretch",
            resampling="bilinear",
            max_pixels=self.max_pixels,
        )
        return FramesSpec(frames=self.frames, picture=picture, face_detector=DETECTOR_GRAPH.file)


class FaceEncoder(Encoder):
    """Makes faces grey and scales them inside the graph, so that training and serving can't disagree."""

    quantisations = ("convolutions",)

    def __init__(self, recipe: FaceRecipe, dimension: int) -> None:
        super().__init__()
        self.inputs = (
            TensorSpec(name="frames", dtype="uint8", shape=("batch", "frames", recipe.side, recipe.side, 3)),
            TensorSpec(name="frame_counts", dtype="int64", shape=("batch",)),
        )
        self.recipe = recipe
        first = recipe.widths[0]
        self.luminance: Tensor
        self.register_buffer("luminance", torch.tensor(LUMINANCE), persistent=False)
        self.stem = nn.Sequential(nn.Conv2d(1, first, 3, 1, 1, bias=False), nn.BatchNorm2d(first), nn.ReLU())
        self.blocks = nn.Sequential(*_blocks(recipe))
        self.dropout = nn.Dropout(recipe.dropout)
        self.projection = nn.Linear(recipe.widths[-1], dimension)

    def forward(self, frames: Tensor, frame_counts: Tensor) -> Tensor:
        """Encode `frames` uint8 [B, frames, side, side, 3] and `frame_counts` int64 [B] into float32 [B, D]."""
        grey = (frames.float() * self.luminance).sum(dim=4).flatten(0, 1)[:, None]
        if self.training and self.recipe.changes is not None:
            grey = change_faces(grey, self.recipe.changes)
        features = self.blocks(self.stem((grey - MIDDLE) / SPREAD)).mean(dim=(2, 3))
        by_clip = features.reshape(frames.shape[0], -1, features.shape[1])
        is_frame = (torch.arange(frames.shape[1], device=frames.device)[None] < frame_counts[:, None]).float()
        pooled = (by_clip * is_frame[:, :, None]).sum(dim=1) / is_frame.sum(dim=1, keepdim=True)
        embedding: Tensor = self.projection(self.dropout(pooled))
        return embedding


def _blocks(recipe: FaceRecipe) -> list[nn.Module]:
    blocks: list[nn.Module] = []
    channels = recipe.widths[0]
    for stage, (width, depth) in enumerate(zip(recipe.widths, recipe.depths, strict=True)):
        for number in range(depth):
            stride = (2, 2) if stage and not number else (1, 1)
            blocks.append(ResidualBlock(channels, width, stride))
            channels = width
    return blocks
