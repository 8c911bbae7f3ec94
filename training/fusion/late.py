"""Late fusion: each modality predicts on its own, and what they say is added."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Annotated, Literal

import torch
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from torch import Tensor, nn

from training.errors import RecipeError
from training.fitting.checkpoint_file import read_checkpoint
from training.fusion.fusion import Fusion


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class LateRecipe:
    """The sum of logits that each modality's vector gives.

    That is right where modalities err independently, and asks for the fewest weights where clips are few.
    """

    kind: Literal["late"] = "late"
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Of the numbers of the vectors."""
    start_from: dict[str, str] = field(default_factory=dict)
    """`best.pt` by modality of an earlier run with that modality alone and late fusion, whose weights this goes on
    from."""

    def build(self, modalities: int, dimension: int, heads: Mapping[str, int]) -> "LateFusion":
        """Return the fusion of `modalities` vectors of `dimension` numbers, for the number of labels by head."""
        return LateFusion(self, modalities, dimension, heads)


@torch.no_grad()
def _copy_head(fusion: Fusion, state: Mapping[str, Tensor], head: str, at: int, checkpoint: str) -> None:
    """Copy one modality's columns, and add its share of the mean constants."""
    own = fusion.heads[head]
    weight, bias = (state.get(f"fusion.heads.{head}.{part}") for part in ("weight", "bias"))
    modalities, dimension = fusion.absent.shape
    assert isinstance(own, nn.Linear)
    if weight is None or bias is None or weight.shape != (own.out_features, dimension):
        raise RecipeError(f"{checkpoint} has no late fusion of one modality with the head {head!r}.")
    own.weight[:, at * dimension : (at + 1) * dimension] = weight
    own.bias.add_(bias / modalities)


class LateFusion(Fusion):
    """Adds logits; the learned vector of an absent modality adds the same to every item that lacks it."""

    def __init__(self, recipe: LateRecipe, modalities: int, dimension: int, heads: Mapping[str, int]) -> None:
        super().__init__(modalities, dimension, heads)
        self.recipe = recipe
        self.dropout = nn.Dropout(recipe.dropout)
        self.heads = self.build_heads(modalities * dimension, heads)

    def initialise(self, modalities: Sequence[str]) -> None:
        """Start from earlier runs; RecipeError if one is built otherwise."""
        for head in self.heads.values() if self.recipe.start_from else ():
            assert isinstance(head, nn.Linear)
            nn.init.zeros_(head.bias)
        for modality, checkpoint in self.recipe.start_from.items():
            state = read_checkpoint(Path(checkpoint))["model"]
            if modality not in modalities:
                raise RecipeError(f"fusion.start_from names {modality!r}, for which the recipe has no encoder.")
            for name in self.heads:
                _copy_head(self, state, name, modalities.index(modality), checkpoint)

    def judge(self, vectors: Tensor) -> Tensor:
        """Return what the heads look at, float32 [N, M D]: the vectors side by side."""
        joined: Tensor = self.dropout(vectors.flatten(1))
        return joined
