"""Fusion by attention: a small transformer over the modality vectors."""

from collections.abc import Mapping
from typing import Annotated, Literal

import torch
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from torch import Tensor, nn
from torch.nn import functional

from training.fusion.fusion import Fusion


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class AttentionRecipe:
    """A transformer (Vaswani et al. 2017, arXiv:1706.03762) in which each modality is one token."""

    kind: Literal["attention"] = "attention"
    layers: Annotated[int, Field(gt=0)] = 1
    attention_heads: Annotated[int, Field(gt=0)] = 4
    """Heads of the attention; they must divide the embedding dimension."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.2

    def build(self, modalities: int, dimension: int, heads: Mapping[str, int]) -> "AttentionFusion":
        """Return the fusion of `modalities` vectors of `dimension` numbers, for the number of labels by head."""
        return AttentionFusion(self, modalities, dimension, heads)


class AttentionFusion(Fusion):
    """Lets a learned query and the modality vectors attend to each other; the heads look at the query."""

    def __init__(self, recipe: AttentionRecipe, modalities: int, dimension: int, heads: Mapping[str, int]) -> None:
        """Build; ValueError where the attention heads don't divide `dimension`."""
        if dimension % recipe.attention_heads:
            raise ValueError(
                f"{recipe.attention_heads} attention heads can't share {dimension} numbers equally: "
                "choose an embedding_dimension that is a multiple of fusion.attention_heads."
            )
        super().__init__(modalities, dimension, heads)
        self.query = nn.Parameter(torch.randn(1, 1, dimension) * 0.02)
        self.positions = nn.Parameter(torch.randn(modalities, dimension) * 0.02)
        self.layers = nn.Sequential(
            *(AttentionLayer(dimension, recipe.attention_heads, recipe.dropout) for _ in range(recipe.layers))
        )
        self.normalise = nn.LayerNorm(dimension)
        self.heads = self.build_heads(dimension, heads)

    def judge(self, vectors: Tensor) -> Tensor:
        """Return what the heads look at, float32 [N, D]."""
        tokens = torch.cat([self.query.expand(vectors.shape[0], -1, -1), vectors + self.positions], dim=1)
        hidden: Tensor = self.normalise(self.layers(tokens)[:, 0])
        return hidden


class AttentionLayer(nn.Module):
    """One pre-norm transformer layer (Xiong et al. 2020, arXiv:2002.04745)."""

    def __init__(self, dimension: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.before_attention = nn.LayerNorm(dimension)
        self.projections = nn.Linear(dimension, 3 * dimension)
        self.output = nn.Linear(dimension, dimension)
        self.feed_forward = nn.Sequential(
            nn.LayerNorm(dimension),
            nn.Linear(dimension, 2 * dimension),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(2 * dimension, dimension),
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, tokens: Tensor) -> Tensor:
        """Transform `tokens` float32 [N, tokens, D] into as many."""
        attended = tokens + self.dropout(self.output(self._attend(self.before_attention(tokens))))
        transformed: Tensor = attended + self.dropout(self.feed_forward(attended))
        return transformed

    def _attend(self, tokens: Tensor) -> Tensor:
        query, key, value = (self._by_head(part) for part in self.projections(tokens).chunk(3, dim=-1))
        return functional.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2)

    def _by_head(self, tokens: Tensor) -> Tensor:
        count, length, dimension = tokens.shape
        return tokens.reshape(count, length, self.heads, dimension // self.heads).transpose(1, 2)
