"""Logits to calibrated probabilities."""

import numpy as np
from numpy.typing import NDArray


def calibrated_probabilities(logits: NDArray[np.float32], temperature: float) -> NDArray[np.float64]:
    """Softmax over the last axis of `logits / temperature` (Guo et al. 2017, arXiv:1706.04599)."""
    scaled = logits.astype(np.float64) / temperature
    weights = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    probabilities: NDArray[np.float64] = weights / weights.sum(axis=-1, keepdims=True)
    return probabilities
