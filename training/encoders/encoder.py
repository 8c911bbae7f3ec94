"""What an encoder and its recipe must be able to do. A new encoder is one file with a recipe and a module."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Protocol

import torch
from torch import Tensor, nn

from model_bundle.readers.reader import ModalityReader
from model_bundle.spec import GraphSpec, ModalitySpec, TensorSpec
from training.fitting.material import Material

MIN_DEVIATION = 1e-3
"""Keeps features that hardly ever change from being blown up."""

Learned = Mapping[str, str | tuple[str, ...]]
"""What an encoder's preprocessing learned from the training part, such as a vocabulary. Kept in checkpoints."""


class Encoder(nn.Module):
    """An encoder declares its inputs once; training, tracing and the bundle go by that."""

    inputs: tuple[TensorSpec, ...]
    """What the reader's arrays are, stacked. A name in a shape is an axis that varies."""
    quantisations: ClassVar[tuple[str, ...]] = ()
    """Names in `model_export.quantisation`, the smallest form first: how its graph may be stored in int8."""

    def exportable(self) -> nn.Module:
        """Return the module that is traced for the ONNX graph; another one if this one can't be traced."""
        return self

    def translations(self) -> Mapping[Callable[..., Any], Callable[..., Any]]:
        """Return the ONNX form, by onnxscript, of each custom torch operator that tracing meets."""
        return {}

    def let_learn(self, published: bool) -> None:
        """Let everything learn that the recipe wants to; with `published` false all but published weights."""


class EncoderRecipe(Protocol):
    """How one modality is read, encoded and described.

    A recipe whose encoder can go on from an earlier run has a field `start_from`: the path of that run's checkpoint.
    """

    def learn(self, material: Material) -> Learned:
        """Learn what reading needs, such as the vocabulary."""

    def reader(self, learned: Learned) -> ModalityReader:
        """Return the reader, the same that the bundle will use."""

    def build(self, learned: Learned, dimension: int) -> Encoder:
        """Return the encoder; its forward takes the reader's arrays by name and returns float32 [B, dimension]."""

    def initialise(self, encoder: Encoder, learned: Learned, material: Material) -> None:
        """Set weights that are not to start at random, such as pretrained ones."""

    def describe(self, learned: Learned, graph: GraphSpec, folder: Path) -> ModalitySpec:
        """Return the bundle's description of this modality, and write the files it names into `folder`."""


class Standardisation(nn.Module):
    """Shifts and scales features to mean 0 and deviation 1 over the training data; it doesn't learn.

    Features of a published network differ by orders of magnitude, and one learning rate has to suit them all.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.mean: Tensor
        self.deviation: Tensor
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("deviation", torch.ones(width))

    def forward(self, features: Tensor) -> Tensor:
        """Standardise features float32 [B, width]."""
        return (features - self.mean) / self.deviation

    def fit(self, features: Tensor) -> None:
        """Measure mean and deviation of features float32 [items, width]."""
        self.mean.copy_(features.mean(dim=0))
        self.deviation.copy_(features.std(dim=0) + MIN_DEVIATION)
