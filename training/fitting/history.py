"""What happened in training, epoch by epoch."""

from dataclasses import asdict, dataclass, field
from typing import Any

Epoch = dict[str, float]
"""Figures of one epoch: `epoch`, `train_loss`, `loss`, `accuracy`, `macro_f1`, `learning_rate`."""


@dataclass
class Progress:
    """Where training stands: all that isn't weights."""

    epoch: int = 0
    """Epochs finished."""
    step: int = 0
    """Batches finished in the epoch under way."""
    loss_sum: float = 0.0
    """Sum of their losses."""
    best_score: float | None = None
    best_epoch: int = 0
    history: list[Epoch] = field(default_factory=list)

    def record(self, figures: Epoch, score: float) -> bool:
        """Close an epoch; return whether it was the best so far."""
        self.history.append(figures)
        self.epoch, self.step, self.loss_sum = self.epoch + 1, 0, 0.0
        if self.best_score is not None and score <= self.best_score:
            return False
        self.best_score, self.best_epoch = score, self.epoch
        return True

    def is_over(self, epochs: int, patience: int, head_epochs: int = 0) -> bool:
        """Whether the planned epochs are done, or nothing has got better for `patience` epochs.

        Patience starts after the `head_epochs`, if epochs of another kind follow them.
        """
        start = max(self.best_epoch, head_epochs if head_epochs < epochs else 0)
        return self.epoch >= epochs or (self.epoch > 0 and self.epoch - start >= patience)

    def state_dict(self) -> dict[str, Any]:
        """Return plain values, from which `Progress(**values)` is built again."""
        return asdict(self)
