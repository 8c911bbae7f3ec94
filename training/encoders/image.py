"""Images to one vector, with a convolutional network from `transformers`."""

from dataclasses import dataclass as plain_dataclass
from dataclasses import field
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import torch
from pydantic import ConfigDict, Field, JsonValue
from pydantic.dataclasses import dataclass
from torch import Tensor, nn

from model_bundle.readers.image import ImageReader
from model_bundle.spec import GraphSpec, ImageSpec, ResizeSpec, TensorSpec
from training.encoders.augmentation import AugmentationRecipe, augment
from training.encoders.encoder import Encoder, Learned, Standardisation
from training.encoders.pretrained import (
    MOBILENET_V2,
    RESNET,
    Family,
    Trainable,
    batch_norms,
    build_network,
    fit_standardisation,
    freeze,
    load_weights,
    read_configuration,
)
from training.fitting.material import Material

Dropout = Annotated[float, Field(ge=0, lt=1)]
Size = Annotated[int, Field(gt=0)]
Colour = tuple[float, float, float]

HIGHEST: Final = 255
"""Value of a full pixel."""


@plain_dataclass(frozen=True)
class ImageNetwork:
    """A kind of network that reads images, and how its published weights want them scaled."""

    family: Family
    mean: Colour
    deviation: Colour


IMAGE_NETWORKS: Final = {
    "mobilenet_v2": ImageNetwork(MOBILENET_V2, mean=(0.5, 0.5, 0.5), deviation=(0.5, 0.5, 0.5)),
    "resnet": ImageNetwork(RESNET, mean=(0.485, 0.456, 0.406), deviation=(0.229, 0.224, 0.225)),
}
"""MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381) and ResNet (He et al. 2016, arXiv:1512.03385)."""


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class ImageRecipe:
    """A convolutional network with one projection to the embedding."""

    kind: Literal["mobilenet_v2", "resnet"]
    checkpoint: str | None
    """Name on the hub or local folder of the published weights; null starts at random."""
    architecture: dict[str, JsonValue] = field(default_factory=dict)
    """Values of the network's configuration that differ, such as `depths`."""
    size: Size = 224
    """Height and width of what the network sees, in pixels."""
    shorter_side: Size = 256
    """An image is scaled until its shorter side has this many pixels; its middle is then seen."""
    max_pixels: Size = 25_000_000
    """Larger images are refused: decoding one takes memory."""
    trainable: Trainable = "all"
    """`all`, `none`, or how many of the last blocks learn."""
    frozen_batch_norms: bool = True
    """Keep the batch normalisations as they were published: their statistics would suffer from small batches."""
    augmentation: AugmentationRecipe | None = None
    """Random changes in training; none without it."""
    dropout: Dropout = 0.2
    """Dropout before the projection."""

    def learn(self, material: Material) -> Learned:  # noqa: ARG002  # the protocol's signature
        """Take the configuration from the checkpoint."""
        return {"configuration": read_configuration(self._network.family, self.checkpoint, self.architecture)}

    def reader(self, learned: Learned) -> ImageReader:  # noqa: ARG002
        """Return the reader."""
        return ImageReader(self._resize)

    def build(self, learned: Learned, dimension: int) -> "ImageEncoder":
        """Return the encoder."""
        return ImageEncoder(self, str(learned["configuration"]), dimension)

    def initialise(self, encoder: Encoder, learned: Learned, material: Material) -> None:
        """Start from the checkpoint's weights."""
        if self.checkpoint is not None and isinstance(encoder, ImageEncoder):
            load_weights(self._network.family, encoder.network, self.checkpoint)
            fit_standardisation(encoder.standardisation, encoder.eval().features, self.reader(learned), material)

    def describe(self, learned: Learned, graph: GraphSpec, folder: Path) -> ImageSpec:  # noqa: ARG002
        """Return the bundle's description."""
        return ImageSpec(graph=graph, **self._resize.model_dump())

    @property
    def _resize(self) -> ResizeSpec:
        return ResizeSpec(
            height=self.size,
            width=self.size,
            resize="crop",
            shorter_side=self.shorter_side,
            resampling="bilinear",
            max_pixels=self.max_pixels,
        )

    @property
    def _network(self) -> ImageNetwork:
        return IMAGE_NETWORKS[self.kind]


class ImageEncoder(Encoder):
    """Scales the pixels inside the graph, so that training and serving can't disagree."""

    quantisations = ("convolutions",)

    def __init__(self, recipe: ImageRecipe, configuration: str, dimension: int) -> None:
        super().__init__()
        self.inputs = (TensorSpec(name="pixels", dtype="uint8", shape=("batch", recipe.size, recipe.size, 3)),)
        self.recipe = recipe
        network = IMAGE_NETWORKS[recipe.kind]
        # Pixel by pixel, as images come: convolutions are faster so.
        self.network: Any = build_network(network.family, configuration)
        self.network.to(memory_format=torch.channels_last)
        mean, deviation = (torch.tensor(of)[:, None, None] for of in (network.mean, network.deviation))
        self.scale: Tensor
        self.shift: Tensor
        # One product and one sum for each pixel, instead of two divisions and a difference.
        self.register_buffer("scale", 1 / (HIGHEST * deviation), persistent=False)
        self.register_buffer("shift", -mean / deviation, persistent=False)
        width = self._width()
        self.standardisation = Standardisation(width)
        self.dropout = nn.Dropout(recipe.dropout)
        self.projection = nn.Linear(width, dimension)
        self.let_learn(published=True)

    def train(self, mode: bool = True) -> "ImageEncoder":
        """Switch to training, in which frozen batch normalisations stay as they are."""
        super().train(mode)
        if self.recipe.frozen_batch_norms:
            for batch_norm in batch_norms(self.network):
                batch_norm.eval()
        return self

    def let_learn(self, published: bool) -> None:
        """Let the part of the network learn that the recipe names, or nothing of it."""
        freeze(
            self.network,
            _blocks(self.network),
            self.recipe.trainable if published else "none",
            self.recipe.frozen_batch_norms,
        )

    def forward(self, pixels: Tensor) -> Tensor:
        """Encode `pixels` uint8 [B, height, width, 3] into float32 [B, D]."""
        embedding: Tensor = self.projection(self.dropout(self.standardisation(self.features(pixels))))
        return embedding

    def features(self, pixels: Tensor) -> Tensor:
        """Return what the network sees in `pixels` uint8 [B, height, width, 3], float32 [B, features]."""
        pictures = pixels.permute(0, 3, 1, 2).float()
        if self.training and self.recipe.augmentation is not None:
            pictures = augment(pictures / HIGHEST, self.recipe.augmentation) * HIGHEST
        pooled: Tensor = self.network(pictures * self.scale + self.shift).pooler_output
        return pooled.flatten(1).float()

    def _width(self) -> int:
        """How many features the network has: found out by asking it."""
        side = self.recipe.size
        with torch.no_grad():
            width = self.eval().features(torch.zeros(1, side, side, 3, dtype=torch.uint8)).shape[1]
        self.train()
        return width


def _blocks(network: Any) -> list[nn.Module]:
    """Return the blocks of a network, from the pixels to the features."""
    if hasattr(network, "encoder"):  # ResNet
        return [network.embedder, *network.encoder.stages]
    return [network.conv_stem, *network.layer, network.conv_1x1]
