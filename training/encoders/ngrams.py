"""Words, pairs and triples of a text, each distinct one counted once, with a weight each.

That is what a linear model reads (Wang and Manning 2012, "Baselines and Bigrams"). Pairs and triples have no
vocabulary: a hash of their words' numbers says which weight is theirs (Weinberger et al. 2009, arXiv:0902.2206). Hash
and selection are whole-number arithmetic and sorting, so a graph does exactly what torch does.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Final

import torch
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from torch import Tensor, nn
from torch.nn import functional

MULTIPLIER: Final = 1_000_003
"""Of the hash: with fewer than 2^20 words and up to three of them, no product leaves 64 bits."""
LONGEST: Final = 3


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class NgramRecipe:
    """Distinct words, pairs and triples with a weight each."""

    buckets: Annotated[tuple[Annotated[int, Field(gt=0)], ...], Field(max_length=LONGEST - 1)] = (524_287, 1_048_573)
    """Weights of the pairs, and of the triples; primes spread best."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.3
    """Share of n-grams that are left out in training."""
    regression: bool = False
    """After training, add as much as helps of a logistic regression of n-grams on the data set's own labels. For heads
    of two labels."""


class NgramSums(nn.Module):
    """For words, pairs and triples, the sum of the weights of those that a text has.

    What is learned for each is a factor on its naive-Bayes ratio: how much more often it stands in the texts of one
    label than in those of the other.
    """

    def __init__(self, recipe: NgramRecipe, vocabulary: int) -> None:
        super().__init__()
        self.dropout = recipe.dropout
        self.sizes = (vocabulary, *recipe.buckets)
        # The last weight is that of the padding, and never counted.
        self.weights = nn.ModuleList(_table(size + 1, 0.0) for size in self.sizes)
        self.ratios = nn.ModuleList(_table(size + 1, 1.0).requires_grad_(False) for size in self.sizes)

    def forward(self, token_ids: Tensor, token_counts: Tensor) -> Tensor:
        """Sum over `token_ids` int64 [B, tokens] with `token_counts` int64 [B]; returns float32 [B, orders]."""
        distinct = distinct_ngrams(token_ids, token_counts, self.sizes)
        sums = [self._sum(order, *found) for order, found in enumerate(distinct)]
        return torch.stack(sums, dim=1)

    @torch.no_grad()
    def fit_ratios(self, batches: Iterable[tuple[Tensor, Tensor, Tensor]]) -> None:
        """Measure the ratios on batches of token ids, token counts and the share of the last label, float32 [B]."""
        last = [torch.ones_like(ratios.weight[:, 0]) for ratios in self._ratios]
        other = [torch.ones_like(ratios.weight[:, 0]) for ratios in self._ratios]
        for token_ids, token_counts, shares in batches:
            for order, (rows, counted) in enumerate(distinct_ngrams(token_ids, token_counts, self.sizes)):
                of_text = shares[:, None].expand_as(rows)
                last[order].index_add_(0, rows[counted], of_text[counted])
                other[order].index_add_(0, rows[counted], 1 - of_text[counted])
        for ratios, one, two in zip(self._ratios, last, other, strict=True):
            ratios.weight[:, 0] = (one / one.sum()).log() - (two / two.sum()).log()

    def folded(self) -> "FoldedNgramSums":
        """Return sums of the finished weights, ratios included."""
        return FoldedNgramSums(self)

    @property
    def _ratios(self) -> list[nn.Embedding]:
        return [table for table in self.ratios if isinstance(table, nn.Embedding)]

    def _sum(self, order: int, rows: Tensor, counted: Tensor) -> Tensor:
        weights: Tensor = (self.weights[order](rows) * self.ratios[order](rows))[:, :, 0]
        return (weights * functional.dropout(counted.float(), self.dropout, self.training)).sum(dim=1)


class FoldedNgramSums(nn.Module):
    """The sums of NgramSums, from one table for each length of n-gram."""

    def __init__(self, sums: NgramSums) -> None:
        super().__init__()
        self.sizes = sums.sizes
        self.weights = nn.ModuleList(_table(size + 1, 0.0) for size in self.sizes)
        for folded, weights, ratios in zip(self.weights, sums.weights, sums.ratios, strict=True):
            factors = [table.state_dict()["weight"] for table in (weights, ratios)]
            folded.load_state_dict({"weight": factors[0] * factors[1]})

    def forward(self, token_ids: Tensor, token_counts: Tensor) -> Tensor:
        """Return what NgramSums returns."""
        distinct = distinct_ngrams(token_ids, token_counts, self.sizes)
        sums = [
            (weights(rows)[:, :, 0] * counted.float()).sum(dim=1)
            for weights, (rows, counted) in zip(self.weights, distinct, strict=True)
        ]
        return torch.stack(sums, dim=1)


def distinct_ngrams(token_ids: Tensor, token_counts: Tensor, sizes: Sequence[int]) -> list[tuple[Tensor, Tensor]]:
    """Return, for words, pairs and so on, rows int64 [B, tokens] and which of them count, bool: each row once."""
    return [_distinct(rows, size) for rows, size in zip(ngram_rows(token_ids, token_counts, sizes), sizes, strict=True)]


def _distinct(rows: Tensor, padding: int) -> tuple[Tensor, Tensor]:
    # Sorted, an n-gram that comes again stands behind itself.
    ordered = rows.sort(dim=1).values
    before = functional.pad(ordered[:, :-1], (1, 0), value=-1)
    return ordered, (ordered != before) & (ordered != padding)


def _table(rows: int, value: float) -> nn.Embedding:
    table = nn.Embedding(rows, 1)
    nn.init.constant_(table.weight, value)
    return table


def ngram_rows(token_ids: Tensor, token_counts: Tensor, sizes: Sequence[int]) -> list[Tensor]:
    """Return, for words, pairs and so on, where each one's weight stands among `sizes`; int64 [B, tokens] each.

    Where no n-gram starts any more, the row is the size itself.
    """
    tokens = token_ids.shape[1]
    positions = torch.arange(tokens, device=token_ids.device)[None, :]
    hashed, rows = token_ids, []
    for order, size in enumerate(sizes):
        if order:
            following = functional.pad(token_ids, (0, order))[:, order:]
            hashed = hashed * MULTIPLIER + following
        starts = positions < (token_counts - order)[:, None]
        rows.append(torch.where(starts, hashed % size if order else hashed, size))
    return rows
