"""Cross entropy over all heads."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from training.fitting.batches import UNLABELLED


def multi_head_loss(
    logits: Mapping[str, Tensor], shares: Mapping[str, Tensor], weights: Mapping[str, Tensor], label_smoothing: float
) -> Tensor:
    """Return the sum over heads of the mean cross entropy over the items that have labels for that head.

    Takes `logits` and `shares` float32 [B, labels] (rows of zeros where an item has no label) and class weights
    float32 [labels], each by head.
    """
    losses = [_head_loss(logits[head], shares[head], weights.get(head), label_smoothing) for head in logits]
    return torch.stack(losses).sum()


def multi_view_loss(
    views: Mapping[str, Tensor],
    shares: Mapping[str, Tensor],
    present: Tensor,
    unimodal: Sequence[float],
    weights: Mapping[str, Tensor],
    label_smoothing: float,
) -> Tensor:
    """Return the weighted mean of the losses of all modalities together (weight 1) and of each alone (`unimodal`).

    Takes `views` float32 [V, B, labels] by head, as `MultimodalModel.views` returns them, `shares` as `multi_head_loss`
    does, and `present` bool [B, M].
    The modalities' own losses keep each encoder learning where another one would do (Wang et al. 2020,
    arXiv:1905.12681). An item with just one modality counts once.
    """
    count = next(iter(views.values())).shape[0]
    several = present.sum(dim=1) > 1
    shown = [torch.ones_like(several), *(present[:, column] & several for column in range(count - 1))]
    losses = [
        multi_head_loss(
            {head: logits[view] for head, logits in views.items()},
            {head: values * shown[view][:, None] for head, values in shares.items()},
            weights,
            label_smoothing,
        )
        for view in range(count)
    ]
    counting = torch.tensor([1.0, *unimodal], device=present.device)[:count]
    return (torch.stack(losses) * counting).sum() / counting.sum()


def divergence(first: Mapping[str, Tensor], second: Mapping[str, Tensor]) -> Tensor:
    """Return the mean of both Kullback-Leibler divergences of two answers' logits, float32 [..., labels] by head."""
    return torch.stack([_divergence(first[head].float(), second[head].float()) for head in first]).sum()


def _divergence(first: Tensor, second: Tensor) -> Tensor:
    logs = functional.log_softmax(first, dim=-1), functional.log_softmax(second, dim=-1)
    # The sum of both directions: what each has more of, times how much more likely it thinks that.
    return 0.5 * ((logs[0].exp() - logs[1].exp()) * (logs[0] - logs[1])).sum(dim=-1).mean()


def _head_loss(logits: Tensor, shares: Tensor, weights: Tensor | None, label_smoothing: float) -> Tensor:
    weighed = shares if weights is None else shares * weights
    smooth = (1 - label_smoothing) * shares + label_smoothing * shares.sum(dim=1, keepdim=True) / shares.shape[1]
    losses = -(smooth if weights is None else smooth * weights) * functional.log_softmax(logits.float(), dim=1)
    # An empty batch divides nothing by the smallest number instead of by zero.
    return losses.sum() / weighed.sum().clamp(min=torch.finfo(torch.float32).tiny)


def class_weights(targets: NDArray[np.int64], labels: int, balance: float) -> Tensor:
    """Return weights float32 [labels]: the inverse of each label's frequency in `targets`, to the power `balance`.

    0 weighs all labels alike, 1 balances them; the mean over the labelled items is 1.
    """
    counts = np.bincount(targets[targets != UNLABELLED], minlength=labels)
    weights = np.maximum(counts, 1.0) ** -balance
    return torch.tensor(weights * counts.sum() / (weights * counts).sum(), dtype=torch.float32)
