"""A modality that another package adds: how many exclamation and question marks a text has."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass
from torch import Tensor, nn

from model_bundle.item import Item
from model_bundle.readers.reader import ABSENT, Arrays, ModalityReader, Reading, Stage, stack_rows
from model_bundle.spec import GraphSpec, ModalitySpec, TensorSpec
from training.encoders import Encoder
from training.encoders.encoder import Learned
from training.fitting.material import Material


class PunctuationReader:
    """Reads `Item.text` into `marks` float32 [2]."""

    stage: ClassVar[Stage] = "read"

    def read(self, item: Item) -> Reading:
        if not item.text:
            return ABSENT
        return Reading({"marks": np.array([item.text.count("!"), item.text.count("?")], np.float32)})

    def stack(self, arrays: Sequence[Arrays]) -> dict[str, NDArray[Any]]:
        return stack_rows(arrays)

    def length(self, arrays: Arrays) -> int:
        return 1


class PunctuationSpec(ModalitySpec):
    """How text becomes `marks` float32 [batch, 2]."""

    kind: str = "punctuation"

    def open_reader(self, folder: Path) -> ModalityReader:
        return PunctuationReader()

    def card_line(self) -> str:
        return "exclamation and question marks."


@dataclass(frozen=True)
class PunctuationRecipe:
    """One layer."""

    kind: str = "punctuation"

    def learn(self, material: Material) -> Learned:
        return {}

    def reader(self, learned: Learned) -> PunctuationReader:
        return PunctuationReader()

    def build(self, learned: Learned, dimension: int) -> "PunctuationEncoder":
        return PunctuationEncoder(dimension)

    def initialise(self, encoder: Encoder, learned: Learned, material: Material) -> None:
        pass

    def describe(self, learned: Learned, graph: GraphSpec, folder: Path) -> PunctuationSpec:
        return PunctuationSpec(graph=graph)


class _Traced(nn.Module):
    """What is traced in the encoder's place: it shows that an encoder may say how it is exported."""

    def __init__(self, encoder: "PunctuationEncoder") -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, marks: Tensor) -> Tensor:
        embedding: Tensor = self.encoder.layer(torch.log1p(marks))
        return embedding


class PunctuationEncoder(Encoder):
    """Encodes `marks` float32 [B, 2] into float32 [B, D]."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.inputs = (TensorSpec(name="marks", dtype="float32", shape=("batch", 2)),)
        self.layer = nn.Linear(2, dimension)

    def exportable(self) -> nn.Module:
        return _Traced(self)

    def forward(self, marks: Tensor) -> Tensor:
        embedding: Tensor = self.layer(marks.log1p())
        return embedding
