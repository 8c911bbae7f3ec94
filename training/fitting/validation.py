"""The few figures that training looks at after each epoch."""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, f1_score
from torch.nn import functional

from training.fitting.batches import UNLABELLED, FeatureSet
from training.fitting.inference import Logits


def validation_figures(logits: Logits, features: FeatureSet) -> dict[str, float]:
    """Return `loss`, `accuracy` and `macro_f1`, averaged over the heads."""
    by_head = [_head_figures(logits[head], features.targets[head]) for head in logits]
    return {name: float(np.mean([figures[name] for figures in by_head])) for name in by_head[0]}


def validation_score(figures: Mapping[str, float], monitor: str) -> float:
    """Return the monitored figure, turned so that higher is better."""
    return -figures[monitor] if monitor == "loss" else figures[monitor]


def _head_figures(logits: NDArray[np.float32], targets: NDArray[np.int64]) -> dict[str, float]:
    labelled = targets != UNLABELLED
    scores, classes = logits[labelled], targets[labelled]
    predicted = scores.argmax(axis=1)
    return {
        "loss": float(functional.cross_entropy(torch.from_numpy(scores), torch.from_numpy(classes))),
        "accuracy": float(accuracy_score(classes, predicted)),
        "macro_f1": float(f1_score(classes, predicted, average="macro", zero_division=0)),
    }
