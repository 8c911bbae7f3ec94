"""What answers to ordinary items look like: the baseline that later answers are compared with, for drift."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def baseline_shares(logits: NDArray[np.float32], labels: Sequence[str]) -> dict[str, float]:
    """Return each label's share of the answers that logits float32 [examples, labels] give."""
    counts = np.bincount(logits.argmax(axis=1), minlength=len(labels))
    return {label: round(float(count) / len(logits), 6) for label, count in zip(labels, counts, strict=True)}
