"""Fusion by concatenation."""

from collections.abc import Mapping
from typing import Annotated, Literal

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

    def build(self, modalities: int, dimension: int, heads: Mapping[str, int]) -> "ConcatFusion":
        """Return the fusion of `modalities` vectors of `dimension` numbers, for the number of labels by head."""
        return ConcatFusion(self, modalities, dimension, heads)


class ConcatFusion(Fusion):
    """Concatenates the modality vectors."""

    def __init__(self, recipe: ConcatRecipe, modalities: int, dimension: int, heads: Mapping[str, int]) -> None:
        super().__init__(modalities, dimension, recipe.hidden, heads)
        self.dropout = nn.Dropout(recipe.dropout)
        self.layers = nn.Sequential(
            nn.Linear(modalities * dimension, recipe.hidden),
            nn.BatchNorm1d(recipe.hidden),
            nn.ReLU(),
            nn.Dropout(recipe.dropout),
        )

    def judge(self, vectors: Tensor) -> Tensor:
        """Return what the heads look at, float32 [N, hidden]."""
        hidden: Tensor = self.layers(self.dropout(vectors.flatten(1)))
        return hidden
