"""Cross entropy over all heads."""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from training.batches import UNLABELLED


def multi_head_loss(
    logits: Mapping[str, Tensor], targets: Mapping[str, Tensor], weights: Mapping[str, Tensor], label_smoothing: float
) -> Tensor:
    """Return the sum over heads of the mean cross entropy over the items that are labelled for that head.

    Takes `logits` float32 [B, labels], `targets` int64 [B] (UNLABELLED where there is none) and class weights
    float32 [labels], each by head.
    """
    losses = [_head_loss(logits[head], targets[head], weights.get(head), label_smoothing) for head in logits]
    return torch.stack(losses).sum()


def _head_loss(logits: Tensor, targets: Tensor, weights: Tensor | None, label_smoothing: float) -> Tensor:
    if bool((targets == UNLABELLED).all()):
        return logits.sum() * 0  # the mean over nothing would be NaN
    return functional.cross_entropy(
        logits.float(), targets, weights, ignore_index=UNLABELLED, label_smoothing=label_smoothing
    )


def balanced_class_weights(targets: NDArray[np.int64], labels: int) -> Tensor:
    """Return weights float32 [labels], inverse to each label's frequency in `targets`; all 1 where they are equal."""
    counts = np.bincount(targets[targets != UNLABELLED], minlength=labels)
    return torch.tensor(counts.sum() / (labels * np.maximum(counts, 1)), dtype=torch.float32)
