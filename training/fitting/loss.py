"""Cross entropy over all heads."""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from training.fitting.batches import UNLABELLED


def multi_head_loss(
    logits: Mapping[str, Tensor], targets: Mapping[str, Tensor], weights: Mapping[str, Tensor], label_smoothing: float
) -> Tensor:
    """Return the sum over heads of the mean cross entropy over the items that are labelled for that head.

    Takes `logits` float32 [B, labels], `targets` int64 [B] (UNLABELLED where there is none) and class weights
    float32 [labels], each by head.
    """
    losses = [_head_loss(logits[head], targets[head], weights.get(head), label_smoothing) for head in logits]
    return torch.stack(losses).sum()


def multi_view_loss(
    views: Mapping[str, Tensor],
    targets: Mapping[str, Tensor],
    present: Tensor,
    unimodal_weight: float,
    weights: Mapping[str, Tensor],
    label_smoothing: float,
) -> Tensor:
    """Return the weighted mean of the losses of all modalities together (weight 1) and of each alone.

    Takes `views` float32 [V, B, labels] by head, as `MultimodalModel.views` returns them, and `present` bool [B, M].
    The modalities' own losses keep each encoder learning where another one would do (Wang et al. 2020,
    arXiv:1905.12681). An item with just one modality counts once.
    """
    count = next(iter(views.values())).shape[0]
    several = present.sum(dim=1) > 1
    shown = [torch.ones_like(several), *(present[:, column] & several for column in range(count - 1))]
    losses = [
        multi_head_loss(
            {head: logits[view] for head, logits in views.items()},
            {head: torch.where(shown[view], values, UNLABELLED) for head, values in targets.items()},
            weights,
            label_smoothing,
        )
        for view in range(count)
    ]
    shares = torch.tensor([1.0] + [unimodal_weight] * (count - 1), device=present.device)
    return (torch.stack(losses) * shares).sum() / shares.sum()


def _head_loss(logits: Tensor, targets: Tensor, weights: Tensor | None, label_smoothing: float) -> Tensor:
    if bool((targets == UNLABELLED).all()):
        return logits.sum() * 0  # the mean over nothing would be NaN
    return functional.cross_entropy(
        logits.float(), targets, weights, ignore_index=UNLABELLED, label_smoothing=label_smoothing
    )


def class_weights(targets: NDArray[np.int64], labels: int, balance: float) -> Tensor:
    """Return weights float32 [labels]: the inverse of each label's frequency in `targets`, to the power `balance`.

    0 weighs all labels alike, 1 balances them; the mean over the labelled items is 1.
    """
    counts = np.bincount(targets[targets != UNLABELLED], minlength=labels)
    weights = np.maximum(counts, 1.0) ** -balance
    return torch.tensor(weights * counts.sum() / (weights * counts).sum(), dtype=torch.float32)
