"""What every fusion has in common: presence masks go in, each head's logits come out."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import torch
from torch import Tensor, nn

from model_bundle.spec import TensorSpec


class Fusion(nn.Module):
    """Replaces the vector of an absent modality by a learned one, and predicts what results.

    A subclass says in `judge` how, and makes its `heads` with `build_heads`; they give the outputs and their order.
    """

    heads: nn.ModuleDict

    def __init__(self, modalities: int, dimension: int, heads: Mapping[str, int]) -> None:
        """Build for `heads`: the number of labels by head."""
        super().__init__()
        self.inputs = (
            TensorSpec(name="embeddings", dtype="float32", shape=("batch", modalities, dimension)),
            TensorSpec(name="present", dtype="bool", shape=("masks", modalities)),
        )
        self.outputs = tuple(
            TensorSpec(name=head, dtype="float32", shape=("masks", "batch", labels)) for head, labels in heads.items()
        )
        self.absent = nn.Parameter(torch.zeros(modalities, dimension))

    def forward(self, embeddings: Tensor, present: Tensor) -> tuple[Tensor, ...]:
        """Apply every mask to every item.

        Takes `embeddings` float32 [B, M, D] and `present` bool [S, M]; returns float32 [S, B, labels] for each head.
        """
        vectors = torch.where(present[:, None, :, None], embeddings[None], self.absent)
        hidden = self.judge(vectors.flatten(0, 1))
        logits = (head(hidden) for head in self.heads.values())
        return tuple(output.reshape(present.shape[0], -1, output.shape[1]) for output in logits)

    def paired(self, embeddings: Tensor, present: Tensor) -> dict[str, Tensor]:
        """Apply to each item its own mask: `present` bool [B, M]; returns float32 [B, labels] by head."""
        hidden = self.judge(torch.where(present[:, :, None], embeddings, self.absent))
        return {name: head(hidden) for name, head in self.heads.items()}

    def initialise(self, modalities: Sequence[str]) -> None:
        """Set weights that are not to start at random; `modalities` are in the order of their axis."""

    @staticmethod
    def build_heads(width: int, heads: Mapping[str, int]) -> nn.ModuleDict:
        """Return a layer by head, over `width` numbers."""
        return nn.ModuleDict({head: nn.Linear(width, labels) for head, labels in heads.items()})

    def judge(self, vectors: Tensor) -> Tensor:
        """Return what the heads look at, float32 [N, width], from the modality vectors float32 [N, M, D]."""
        raise NotImplementedError


class FusionRecipe(Protocol):
    """How the modalities' vectors are fused."""

    def build(self, modalities: int, dimension: int, heads: Mapping[str, int]) -> Fusion:
        """Return the fusion of `modalities` vectors of `dimension` numbers, for the number of labels by head."""
