"""How good predictions are, and how far they can be trusted."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    precision_recall_fscore_support,
    roc_auc_score,
    roc_curve,
)

CALIBRATION_BINS = 15
ROC_POINTS = 200

Probabilities = NDArray[np.float64]
Classes = NDArray[np.int64]


def head_metrics(probabilities: Probabilities, targets: Classes, labels: Sequence[str]) -> dict[str, Any]:
    """Measure one head from `probabilities` [examples, labels] and the true `targets` [examples].

    `precision` and `recall` are macro averages, as `macro_f1` is; `majority_accuracy` is what always
    answering the most frequent class gets; `confusion` has true classes as rows. `roc` and `reliability` are
    the points of the curves that the report draws.
    """
    classes = range(len(labels))
    predicted = probabilities.argmax(axis=1)
    by_class = precision_recall_fscore_support(targets, predicted, labels=classes, zero_division=0)
    return {
        "n": len(targets),
        "accuracy": float(accuracy_score(targets, predicted)),
        "precision": float(np.mean(by_class[0])),
        "recall": float(np.mean(by_class[1])),
        "macro_f1": float(np.mean(by_class[2])),
        "weighted_f1": float(f1_score(targets, predicted, labels=classes, average="weighted", zero_division=0)),
        "per_class": {label: _row(by_class, at) for at, label in enumerate(labels)},
        "roc_auc": roc_auc(probabilities, targets),
        "ece": expected_calibration_error(probabilities, targets),
        "majority_accuracy": float(np.bincount(targets).max() / len(targets)),
        "labels": list(labels),
        "confusion": _confusion(targets, predicted, len(labels)).tolist(),
        "reliability": reliability(probabilities, targets).tolist(),
        "roc": roc_points(probabilities, targets, labels),
    }


def roc_auc(probabilities: Probabilities, targets: Classes) -> float | None:
    """Area under the ROC curve, one class against the rest, the classes' mean; None where one is missing or alone."""
    if len(np.unique(targets)) < max(2, probabilities.shape[1]):
        return None
    scores = probabilities[:, 1] if probabilities.shape[1] == 2 else probabilities
    return float(roc_auc_score(targets, scores, multi_class="ovr", average="macro"))


def roc_points(probabilities: Probabilities, targets: Classes, labels: Sequence[str]) -> dict[str, list[list[float]]]:
    """Return points (false positive rate, true positive rate) of each class against the rest; two classes share one."""
    curves = {}
    for at, label in enumerate(labels):
        if (len(labels) == 2 and at == 0) or len(np.unique(targets == at)) < 2:
            continue
        false_rate, true_rate, _ = roc_curve(targets == at, probabilities[:, at])
        keep = np.unique(np.linspace(0, len(false_rate) - 1, ROC_POINTS).round().astype(int))
        curves[label] = np.stack([false_rate[keep], true_rate[keep]], axis=1).round(5).tolist()
    return curves


def reliability(probabilities: Probabilities, targets: Classes) -> NDArray[np.float64]:
    """Return a row per bin of confidence that isn't empty: mean confidence, accuracy, number of examples."""
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == targets
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    rows = [(confidence[bins == b].mean(), correct[bins == b].mean(), (bins == b).sum()) for b in np.unique(bins)]
    return np.array(rows, np.float64)


def expected_calibration_error(probabilities: Probabilities, targets: Classes) -> float:
    """Mean distance between confidence and accuracy over 15 bins of equal width (Naeini et al. 2015)."""
    confidence, accuracy, count = reliability(probabilities, targets).T
    return float(np.sum(np.abs(confidence - accuracy) * count) / count.sum())


def _row(by_class: Any, at: int) -> dict[str, float | int]:
    precision, recall, f1, support = (values[at] for values in by_class)
    return {"precision": float(precision), "recall": float(recall), "f1": float(f1), "support": int(support)}


def _confusion(targets: Classes, predicted: Classes, classes: int) -> Classes:
    # scikit-learn's warns of data with a single label, though it is told which labels there are.
    return np.bincount(targets * classes + predicted, minlength=classes**2).reshape(classes, classes)
