"""A naive-Bayes-weighted logistic regression of n-grams, added to a trained model.

A linear model errs elsewhere than a sequence model (Mesnil et al. 2014, arXiv:1412.5335), all the more if it never
learned beside one. Its weights join those of the n-grams, each length scaled by how much its sum moves the answer; the
validation part says how much of it helps.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import scipy.sparse
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from torch import Tensor
from torch.nn import functional

from training.encoders.lstm import LstmEncoder
from training.encoders.ngrams import NgramSums, distinct_ngrams
from training.fitting.batches import FeatureSet, batches_by_length
from training.fitting.model import MultimodalModel

SHARES: Final = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0)
"""Of the regression's score that are tried."""
TEMPERATURES: Final = tuple(np.linspace(0.6, 2.0, 29))
BATCH_SIZE: Final = 128
STEP: Final = 0.5
"""By which a sum is moved to see what it does to the answer."""

Floats = NDArray[np.float32]


def add_regression(
    model: MultimodalModel, modality: str, head: str, train: FeatureSet, learned: range, validation: FeatureSet
) -> float:
    """Fit the regression on `train`, add it to the encoder of `modality` in place, and return the share that was added.

    `head` must have two labels; only rows of `learned` that are labelled for it are learned from.
    """
    encoder = model.by_modality[modality]
    assert isinstance(encoder, LstmEncoder)
    assert encoder.ngrams is not None
    rows, classes = _labelled(train, modality, head, learned)
    weights = _fit(_matrix(train, modality, rows, encoder.ngrams.sizes), classes)
    rows, classes = _labelled(validation, modality, head, range(len(validation)))
    matrix = _matrix(validation, modality, rows, encoder.ngrams.sizes)
    parts = np.split(weights, np.cumsum([size + 1 for size in encoder.ngrams.sizes])[:-1])
    starts = np.cumsum([0, *(len(part) for part in parts)])
    sums = np.stack([matrix[:, a:b] @ part for a, b, part in zip(starts, starts[1:], parts, strict=False)], axis=1)
    margins = Margins(model, modality, head, validation, rows)
    slopes = margins.slopes()
    losses = [_loss(margins.with_sums(share * sums / slopes), classes) for share in SHARES]
    best = SHARES[int(np.argmin(losses))]
    _add(encoder.ngrams, [best * part / slope for part, slope in zip(parts, slopes, strict=True)])
    return best


class Margins:
    """How far a model prefers the second label to the first, were the sums of n-grams others."""

    @torch.no_grad()
    def __init__(
        self, model: MultimodalModel, modality: str, head: str, features: FeatureSet, rows: Sequence[int]
    ) -> None:
        self._model, self._head = model.eval(), head
        self._device = next(model.parameters()).device
        self._column = list(model.by_modality).index(modality)
        encoder = model.by_modality[modality]
        assert isinstance(encoder, LstmEncoder)
        assert encoder.ngram_projection is not None
        self._projection = encoder.ngram_projection
        starts = range(0, len(rows), BATCH_SIZE)
        batches = [features.batch(rows[start : start + BATCH_SIZE]).to(self._device) for start in starts]
        self._embeddings = torch.cat([model.embed(batch) for batch in batches])
        self._present = torch.cat([batch.present for batch in batches])

    @torch.no_grad()
    def with_sums(self, sums: NDArray[Any]) -> Floats:
        """Return the margins, float32 [rows], with `sums` [rows, orders] added."""
        more: Tensor = self._projection(torch.tensor(sums, dtype=torch.float32, device=self._device))
        embeddings = self._embeddings.clone()
        embeddings[:, self._column] += more
        logits = self._model.fusion.paired(embeddings, self._present)[self._head]
        margins: Floats = (logits[:, 1] - logits[:, 0]).cpu().numpy()
        return margins

    def slopes(self) -> Floats:
        """Return how much a sum of each length moves the margin, on average, float32 [orders]."""
        orders = self._projection.in_features
        steps = [np.tile(STEP * np.eye(orders)[order], (len(self._present), 1)) for order in range(orders)]
        slopes = [(self.with_sums(step) - self.with_sums(-step)).mean() / (2 * STEP) for step in steps]
        return np.array(slopes, np.float32)


def _labelled(features: FeatureSet, modality: str, head: str, among: range) -> tuple[list[int], Floats]:
    targets, readings = features.targets[head], features.readings
    rows = [row for row in among if targets[row] >= 0 and readings[row][modality].arrays is not None]
    return rows, targets[rows].astype(np.float32)


def _matrix(features: FeatureSet, modality: str, rows: Sequence[int], sizes: Sequence[int]) -> Any:
    """Return which n-grams each text has: a sparse matrix of ones and zeros, [rows, all weights]."""
    reader = features.readers[modality]
    arrays = [found for row in rows if (found := features.readings[row][modality].arrays) is not None]
    starts = np.cumsum([0, *(size + 1 for size in sizes)])
    texts, columns = [], []
    for batch in batches_by_length(np.array([reader.length(of) for of in arrays]), BATCH_SIZE):
        inputs = reader.stack([arrays[row] for row in batch])
        ids, counts = torch.from_numpy(inputs["token_ids"]), torch.from_numpy(inputs["token_counts"])
        for order, (ngrams, counted) in enumerate(distinct_ngrams(ids, counts, sizes)):
            at = counted.nonzero(as_tuple=True)
            texts.append(np.array(batch)[at[0].numpy()])
            columns.append(ngrams[at].numpy() + starts[order])
    ones = np.ones(sum(map(len, texts)), np.float32)
    place = (np.concatenate(texts), np.concatenate(columns))
    return scipy.sparse.csr_matrix((ones, place), shape=(len(rows), starts[-1]))


def _fit(matrix: Any, classes: Floats) -> Floats:
    second, first = 1 + matrix.T @ classes, 1 + matrix.T @ (1 - classes)
    ratios = np.log(second / second.sum()) - np.log(first / first.sum())
    regression = LogisticRegression(C=1.0, solver="liblinear", dual=True, tol=5e-3, random_state=0)
    regression.fit(matrix @ scipy.sparse.diags(ratios.astype(np.float32)), classes)
    weights: Floats = (ratios * regression.coef_[0]).astype(np.float32)
    return weights


def _loss(margins: Floats, classes: Floats) -> float:
    """Return the cross entropy at the best temperature."""
    scores, targets = torch.from_numpy(margins), torch.from_numpy(classes)
    return min(
        float(functional.binary_cross_entropy_with_logits(scores / temperature, targets))
        for temperature in TEMPERATURES
    )


@torch.no_grad()
def _add(ngrams: NgramSums, more: Sequence[Floats]) -> None:
    """Add to the weights, which from then on hold the ratios too."""
    folded = ngrams.folded()
    for order, part in enumerate(more):
        weights, ratios = ngrams.weights[order], ngrams.ratios[order]
        assert isinstance(weights, torch.nn.Embedding)
        assert isinstance(ratios, torch.nn.Embedding)
        whole = folded.weights[order].state_dict()["weight"]
        weights.weight.copy_(whole + torch.from_numpy(part)[:, None].to(whole.device))
        ratios.weight.fill_(1.0)
