"""Clips to one vector, with R3D-18 (Tran et al. 2018, arXiv:1711.11248)."""

from pathlib import Path
from typing import Annotated, Final, Literal

import torch
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from torch import Tensor, nn
from torch.nn import functional

from model_bundle.readers.video import VideoReader
from model_bundle.spec import FramesSpec, GraphSpec, ResizeSpec, TensorSpec, VideoSpec
from training.encoders.encoder import Encoder, Learned, Standardisation
from training.encoders.pretrained import Trainable, fit_standardisation, freeze
from training.errors import RecipeError, in_one_line
from training.fitting.material import Material

WIDTHS: Final = (64, 128, 256, 512)
MEAN: Final = (0.43216, 0.394666, 0.37645)
DEVIATION: Final = (0.22803, 0.22145, 0.216989)
"""Of Kinetics's frames, red, green and blue, from 0 to 1."""
HIGHEST: Final = 255
CLASSIFIER: Final = "fc."
"""Names in a published checkpoint of the layer that tells Kinetics's classes apart."""

Size = Annotated[int, Field(gt=0)]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class R3d18Recipe:
    """R3D-18 with one projection to the embedding."""

    kind: Literal["r3d18"] = "r3d18"
    checkpoint: str | None
    """File of the published weights, such as torchvision's `r3d_18-b3b3357e.pth`; null starts at random."""
    frames: Size = 16
    """Evenly spaced over the clip."""
    size: Size = 112
    """Height and width of what the network sees, in pixels."""
    shorter_side: Size = 128
    """A frame is scaled until its shorter side has this many pixels; its middle is then seen."""
    max_pixels: Size = 9_000_000
    """Clips with larger frames are refused."""
    trainable: Trainable = "all"
    """`all`, `none`, or how many of the last stages learn."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.2
    """Dropout before the projection."""

    def learn(self, material: Material) -> Learned:  # noqa: ARG002  # the protocol's signature
        """Reading needs nothing that is learned."""
        return {}

    def reader(self, learned: Learned) -> VideoReader:  # noqa: ARG002
        """Return the reader."""
        return VideoReader(self._frames)

    def build(self, learned: Learned, dimension: int) -> "R3d18Encoder":  # noqa: ARG002
        """Return the encoder."""
        return R3d18Encoder(self, dimension)

    def initialise(self, encoder: Encoder, learned: Learned, material: Material) -> None:
        """Start from the checkpoint's weights."""
        if self.checkpoint is not None and isinstance(encoder, R3d18Encoder):
            load_published(encoder.network, Path(self.checkpoint))
            fit_standardisation(encoder.standardisation, encoder.eval().features, self.reader(learned), material)

    def describe(self, learned: Learned, graph: GraphSpec, folder: Path) -> VideoSpec:  # noqa: ARG002  # no files
        """Return the bundle's description."""
        return VideoSpec(graph=graph, **self._frames.model_dump())

    @property
    def _frames(self) -> FramesSpec:
        picture = ResizeSpec(
            height=self.size,
            width=self.size,
            resize="crop",
            shorter_side=self.shorter_side,
            resampling="bilinear",
            max_pixels=self.max_pixels,
        )
        return FramesSpec(frames=self.frames, fill=True, picture=picture)


def load_published(network: "R3d18", checkpoint: Path) -> None:
    """Copy a published checkpoint's weights into `network`; RecipeError where they can't be read or don't fit."""
    try:
        state: dict[str, Tensor] = torch.load(checkpoint, map_location="cpu", weights_only=True)
        network.load_state_dict({name: value for name, value in state.items() if not name.startswith(CLASSIFIER)})
    except Exception as error:  # what torch raises for files that are no checkpoint has no common base
        raise RecipeError(
            f"{checkpoint} doesn't hold the weights of R3D-18 ({in_one_line(error)}). Name torchvision's file, or "
            "start at random: --set encoders.video.checkpoint=null."
        ) from error


class R3d18Encoder(Encoder):
    """Scales the pixels inside the graph, so that training and serving can't disagree."""

    quantisations = ("convolutions",)

    def __init__(self, recipe: R3d18Recipe, dimension: int) -> None:
        super().__init__()
        shape = ("batch", recipe.frames, recipe.size, recipe.size, 3)
        self.inputs = (
            TensorSpec(name="frames", dtype="uint8", shape=shape),
            TensorSpec(name="frame_counts", dtype="int64", shape=("batch",)),
        )
        self.recipe = recipe
        self.network = R3d18()
        mean, deviation = (torch.tensor(of)[:, None, None, None] for of in (MEAN, DEVIATION))
        self.scale: Tensor
        self.shift: Tensor
        self.register_buffer("scale", 1 / (HIGHEST * deviation), persistent=False)
        self.register_buffer("shift", -mean / deviation, persistent=False)
        self.standardisation = Standardisation(WIDTHS[-1])
        self.dropout = nn.Dropout(recipe.dropout)
        self.projection = nn.Linear(WIDTHS[-1], dimension)
        self.let_learn(published=True)

    def train(self, mode: bool = True) -> "R3d18Encoder":
        """Switch to training, in which a network that rests keeps its batch normalisations too."""
        super().train(mode)
        if self.recipe.trainable == "none":
            self.network.eval()
        return self

    def let_learn(self, published: bool) -> None:
        """Let the part of the network learn that the recipe names, or nothing of it."""
        freeze(self.network, self.network.stages, self.recipe.trainable if published else "none", False)

    def forward(self, frames: Tensor, frame_counts: Tensor) -> Tensor:
        """Encode `frames` uint8 [B, frames, height, width, 3] into float32 [B, D]; all clips have as many frames."""
        embedding: Tensor = self.projection(self.dropout(self.standardisation(self.features(frames, frame_counts))))
        return embedding

    def features(self, frames: Tensor, frame_counts: Tensor) -> Tensor:  # noqa: ARG002  # the reader fills clips up
        """Return what the network sees, float32 [B, 512]."""
        clips = frames.permute(0, 4, 1, 2, 3).float()
        features: Tensor = self.network(clips * self.scale + self.shift).float()
        return features


class R3d18(nn.Module):
    """The network up to its classifier, with torchvision's parameter names."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv3d(3, WIDTHS[0], (3, 7, 7), (1, 2, 2), (1, 3, 3), bias=False), nn.BatchNorm3d(WIDTHS[0]), nn.ReLU()
        )
        self.layer1, self.layer2, self.layer3, self.layer4 = (
            nn.Sequential(_Block(narrow, wide), _Block(wide, wide))
            for narrow, wide in zip((WIDTHS[0], *WIDTHS), WIDTHS, strict=False)
        )

    @property
    def stages(self) -> list[nn.Module]:
        """The parts, from the pixels to the features."""
        return [self.stem, self.layer1, self.layer2, self.layer3, self.layer4]

    def forward(self, clips: Tensor) -> Tensor:
        """Return the features float32 [B, 512] of `clips` float32 [B, 3, frames, height, width]."""
        for stage in self.stages:
            clips = stage(clips)
        return clips.mean(dim=(2, 3, 4))


class _Block(nn.Module):
    def __init__(self, narrow: int, wide: int) -> None:
        super().__init__()
        stride = 1 if narrow == wide else 2
        self.conv1 = nn.Sequential(_convolution(narrow, wide, stride), nn.BatchNorm3d(wide), nn.ReLU())
        self.conv2 = nn.Sequential(_convolution(wide, wide, 1), nn.BatchNorm3d(wide))
        shortcut = (nn.Conv3d(narrow, wide, 1, stride, bias=False), nn.BatchNorm3d(wide))
        self.downsample = nn.Sequential(*shortcut) if stride > 1 else nn.Identity()

    def forward(self, clips: Tensor) -> Tensor:
        return functional.relu(self.conv2(self.conv1(clips)) + self.downsample(clips))


def _convolution(narrow: int, wide: int, stride: int) -> nn.Conv3d:
    return nn.Conv3d(narrow, wide, 3, stride, 1, bias=False)
