"""Cross entropy over all heads."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from training.fitting.batches import UNLABELLED, Batch


@dataclass(frozen=True)
class LossOptions:
    """How the cross entropy is weighed."""

    weights: Mapping[str, Tensor] = field(default_factory=dict)
    """Class weights float32 [labels] by head; heads that aren't there have none."""
    label_smoothing: float = 0.0
    unimodal_weight: float = 0.0
    """Weight of each modality's own loss, beside 1 for all together."""


@dataclass(frozen=True)
class HeadTargets:
    """What one head should say."""

    classes: Tensor
    """int64 [B]; UNLABELLED where there is none."""
    shares: Tensor | None
    """float32 [B, labels], which count where they aren't zeros."""

    def of(self, rows: Tensor) -> "HeadTargets":
        """Return the targets of `rows`, bool [B], alone: the others have none."""
        shares = None if self.shares is None else self.shares * rows[:, None]
        return HeadTargets(torch.where(rows, self.classes, UNLABELLED), shares)


def multi_head_loss(logits: Mapping[str, Tensor], targets: Mapping[str, HeadTargets], options: LossOptions) -> Tensor:
    """Return the sum over heads of the mean cross entropy over the items that are labelled for that head.

    Takes `logits` float32 [B, labels] by head.
    """
    return torch.stack([_head_loss(logits[head], targets[head], head, options) for head in logits]).sum()


def multi_view_loss(views: Mapping[str, Tensor], batch: Batch, options: LossOptions) -> Tensor:
    """Return the weighted mean of the losses of all modalities together (weight 1) and of each alone.

    Takes `views` float32 [V, B, labels] by head, as `MultimodalModel.views` returns them. The modalities' own losses
    keep each encoder learning where another one would do (Wang et al. 2020, arXiv:1905.12681). An item with just one
    modality counts once.
    """
    count = next(iter(views.values())).shape[0]
    targets = {head: HeadTargets(classes, batch.shares.get(head)) for head, classes in batch.targets.items()}
    several = batch.present.sum(dim=1) > 1
    shown = [torch.ones_like(several), *(batch.present[:, column] & several for column in range(count - 1))]
    losses = [
        multi_head_loss(
            {head: logits[view] for head, logits in views.items()},
            {head: of.of(shown[view]) for head, of in targets.items()},
            options,
        )
        for view in range(count)
    ]
    weights = torch.tensor([1.0] + [options.unimodal_weight] * (count - 1), device=batch.present.device)
    return (torch.stack(losses) * weights).sum() / weights.sum()


def _head_loss(logits: Tensor, targets: HeadTargets, head: str, options: LossOptions) -> Tensor:
    weights, smoothing = options.weights.get(head), options.label_smoothing
    if targets.shares is None:
        labelled = targets.classes != UNLABELLED
        wanted = targets.classes
    else:
        wanted = _distributions(targets, logits.shape[1])
        labelled = wanted.sum(dim=1) > 0
    if not bool(labelled.any()):
        return logits.sum() * 0  # the mean over nothing would be NaN
    return functional.cross_entropy(logits[labelled].float(), wanted[labelled], weights, label_smoothing=smoothing)


def _distributions(targets: HeadTargets, labels: int) -> Tensor:
    """Return float32 [B, labels]: shares where there are some, or else all for the class."""
    assert targets.shares is not None
    has_class = (targets.classes != UNLABELLED)[:, None]
    certain = functional.one_hot(targets.classes.clamp(min=0), labels) * has_class
    return torch.where(targets.shares.sum(dim=1, keepdim=True) > 0, targets.shares, certain.float())


def class_weights(targets: NDArray[np.int64], labels: int, balance: float) -> Tensor:
    """Return weights float32 [labels]: the inverse of each label's frequency in `targets`, to the power `balance`.

    0 weighs all labels alike, 1 balances them; the mean over the labelled items is 1.
    """
    counts = np.bincount(targets[targets != UNLABELLED], minlength=labels)
    weights = np.maximum(counts, 1.0) ** -balance
    return torch.tensor(weights * counts.sum() / (weights * counts).sum(), dtype=torch.float32)
