"""Late fusion: each modality judges on its own, and what they say is added."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from torch import Tensor, nn

from training.fusion.fusion import Fusion


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class LateRecipe:
    """The sum of logits that each modality's vector gives.

    That is right where modalities err independently, and asks for the fewest weights where clips are few.
    """

    kind: Literal["late"] = "late"
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Of the numbers of the vectors."""

    def build(self, modalities: int, dimension: int, heads: Mapping[str, int]) -> "LateFusion":
        """Return the fusion of `modalities` vectors of `dimension` numbers, for the number of labels by head."""
        return LateFusion(self, modalities, dimension, heads)


class LateFusion(Fusion):
    """Adds logits; the learned vector of an absent modality adds the same to every item that lacks it."""

    def __init__(self, recipe: LateRecipe, modalities: int, dimension: int, heads: Mapping[str, int]) -> None:
        super().__init__(modalities, dimension, heads)
        self.dropout = nn.Dropout(recipe.dropout)
        self.heads = self.build_heads(modalities * dimension, heads)

    def judge(self, vectors: Tensor) -> Tensor:
        """Return what the heads look at, float32 [N, M D]: the vectors side by side."""
        joined: Tensor = self.dropout(vectors.flatten(1))
        return joined
