"""Temperature scaling (Guo et al. 2017, arXiv:1706.04599)."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from training.fitting.batches import UNLABELLED

LOWEST, HIGHEST = 0.05, 20.0
"""Where few examples are all right, or no better than chance, the best temperature would be none or infinite."""


def fit_temperature(logits: NDArray[np.float32], targets: NDArray[np.int64]) -> float:
    """Return the temperature with the lowest cross entropy.

    Takes `logits` [examples, labels] and `targets` [examples], of examples that the model was not trained on.
    """
    labelled = targets != UNLABELLED
    scores, classes = torch.from_numpy(logits[labelled]).double(), torch.from_numpy(targets[labelled])
    log_temperature = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([log_temperature], max_iter=100, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        loss = functional.cross_entropy(scores / log_temperature.exp(), classes)
        torch.autograd.backward(loss)
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    return min(max(float(log_temperature.exp().detach()), LOWEST), HIGHEST)
