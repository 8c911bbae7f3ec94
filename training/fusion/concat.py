"""Fusion by concatenation."""

from collections.abc import Mapping
from typing import Annotated, Literal

import torch
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from torch import Tensor, nn

from training.fusion.fusion import Fusion


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class ConcatRecipe:
    """The vectors side by side, a fully connected layer, batch normalisation and ReLU."""

    kind: Literal["concat"] = "concat"
    hidden: Annotated[int, Field(gt=0)] = 64
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.2
    batch_normalisation: bool = True
    """Leave it out where batches differ in kind, such as short and long texts: then what a batch is normalised by in
    training is not what the model meets later."""
    linear_path: bool = False
    """Let the heads see the vectors themselves too: what is simply additive then needs no hidden layer."""

    def build(self, modalities: int, dimension: int, heads: Mapping[str, int]) -> "ConcatFusion":
        """Return the fusion of `modalities` vectors of `dimension` numbers, for the number of labels by head."""
        return ConcatFusion(self, modalities, dimension, heads)


class ConcatFusion(Fusion):
    """Concatenates the modality vectors."""

    def __init__(self, recipe: ConcatRecipe, modalities: int, dimension: int, heads: Mapping[str, int]) -> None:
        joined = modalities * dimension
        super().__init__(modalities, dimension, heads)
        self.linear_path = recipe.linear_path
        self.dropout = nn.Dropout(recipe.dropout)
        self.layers = nn.Sequential(
            nn.Linear(joined, recipe.hidden),
            nn.BatchNorm1d(recipe.hidden) if recipe.batch_normalisation else nn.Identity(),
            nn.ReLU(),
            nn.Dropout(recipe.dropout),
        )
        self.heads = self.build_heads(recipe.hidden + recipe.linear_path * joined, heads)

    def judge(self, vectors: Tensor) -> Tensor:
        """Return what the heads look at, float32 [N, width]."""
        joined = self.dropout(vectors.flatten(1))
        hidden: Tensor = self.layers(joined)
        return torch.cat([hidden, joined], dim=1) if self.linear_path else hidden
