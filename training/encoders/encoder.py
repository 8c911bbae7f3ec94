"""What an encoder's recipe must be able to do. A new encoder is one file with a recipe and a module."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from torch import nn

from model_bundle.reader import ModalityReader
from model_bundle.spec import GraphSpec, ModalitySpec, TensorSpec
from training.material import Material

Learned = Mapping[str, str | tuple[str, ...]]
"""What an encoder's preprocessing learned from the training part, such as a vocabulary. Kept in checkpoints."""


class Encoder(nn.Module):
    """An encoder declares its inputs once; training, tracing and the bundle go by that."""

    inputs: tuple[TensorSpec, ...]
    """What the reader's arrays are, stacked. A name in a shape is an axis that varies."""


class EncoderRecipe(Protocol):
    """How one modality is read, encoded and described."""

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
