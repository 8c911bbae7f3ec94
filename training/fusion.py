"""Fusion: modality vectors and presence masks to the heads' logits."""

from collections.abc import Mapping
from typing import Annotated, Literal

import torch
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from torch import Tensor, nn

from model_bundle.spec import TensorSpec


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class FusionRecipe:
    """`concat`: the vectors side by side, a fully connected layer, batch normalisation and ReLU."""

    kind: Literal["concat"] = "concat"
    hidden: Annotated[int, Field(gt=0)] = 64
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.2


class ConcatFusion(nn.Module):
    """Concatenates the modality vectors, each replaced by a learned one where it is absent."""

    def __init__(self, recipe: FusionRecipe, modalities: int, dimension: int, heads: Mapping[str, int]) -> None:
        """Build for `heads`: the number of labels by head, in the order of the outputs."""
        super().__init__()
        self.inputs = (
            TensorSpec(name="embeddings", dtype="float32", shape=("batch", modalities, dimension)),
            TensorSpec(name="present", dtype="bool", shape=("masks", modalities)),
        )
        self.outputs = tuple(
            TensorSpec(name=head, dtype="float32", shape=("masks", "batch", labels)) for head, labels in heads.items()
        )
        self.absent = nn.Parameter(torch.zeros(modalities, dimension))
        self.dropout = nn.Dropout(recipe.dropout)
        self.layers = nn.Sequential(
            nn.Linear(modalities * dimension, recipe.hidden),
            nn.BatchNorm1d(recipe.hidden),
            nn.ReLU(),
            nn.Dropout(recipe.dropout),
        )
        self.heads = nn.ModuleDict({head: nn.Linear(recipe.hidden, labels) for head, labels in heads.items()})

    def forward(self, embeddings: Tensor, present: Tensor) -> tuple[Tensor, ...]:
        """Apply every mask to every item.

        Takes `embeddings` float32 [B, M, D] and `present` bool [S, M]; returns float32 [S, B, labels] for each head.
        """
        vectors = torch.where(present[:, None, :, None], embeddings[None], self.absent)
        logits = self._judge(vectors.flatten(0, 1))
        return tuple(output.reshape(present.shape[0], -1, output.shape[1]) for output in logits)

    def paired(self, embeddings: Tensor, present: Tensor) -> dict[str, Tensor]:
        """Apply to each item its own mask: `present` bool [B, M]; returns float32 [B, labels] by head."""
        logits = self._judge(torch.where(present[:, :, None], embeddings, self.absent))
        return dict(zip(self.heads, logits, strict=True))

    def _judge(self, vectors: Tensor) -> list[Tensor]:
        hidden = self.layers(self.dropout(vectors.flatten(1)))
        return [head(hidden) for head in self.heads.values()]
