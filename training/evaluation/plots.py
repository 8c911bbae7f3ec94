"""Images of figures. Every function writes one PNG."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")  # before pyplot: no window is ever opened

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

INK, ACCENT, SECOND, PALE = "#26323d", "#1f6f8b", "#c8553d", "#c9d3da"
STYLE: dict[Any, Any] = {
    "axes.edgecolor": PALE,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11,
    "font.size": 9,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


def plot_evaluation(values: Mapping[str, Any], title: str, path: Path) -> None:
    """Draw one head's confusion matrix, ROC curve and reliability diagram, from `metrics.head_metrics`."""
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(1, 3, figsize=(12.5, 4.7), layout="constrained")
        _confusion(axes[0], np.array(values["confusion"]), values["labels"])
        _roc(axes[1], values)
        _reliability(axes[2], np.array(values["reliability"]), values["ece"])
        figure.suptitle(f"{title}: accuracy {values['accuracy']:.1%}, macro F1 {values['macro_f1']:.3f}", fontsize=12)
        _save(figure, path)


def plot_learning_curves(history: Sequence[Mapping[str, float]], path: Path) -> None:
    """Draw loss and validation scores by epoch, from `Progress.history`."""
    epochs = [row["epoch"] for row in history]
    with plt.rc_context(STYLE):
        figure, (losses, scores) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
        losses.plot(
            epochs, [row["train_loss"] for row in history], "o-", color=PALE, label="training (smoothed labels)"
        )
        losses.plot(epochs, [row["loss"] for row in history], "o-", color=ACCENT, label="validation")
        losses.set(title="Loss", xlabel="epoch", xticks=epochs)
        scores.plot(epochs, [row["accuracy"] for row in history], "o-", color=ACCENT, label="accuracy")
        scores.plot(epochs, [row["macro_f1"] for row in history], "o--", color=SECOND, label="macro F1")
        scores.set(title="Validation", xlabel="epoch", xticks=epochs)
        scores.yaxis.set_major_formatter("{x:.1%}")
        for axis in (losses, scores):
            axis.legend(frameon=False)
        _save(figure, path)


def plot_by_group(
    groups: Sequence[str], series: Mapping[str, Sequence[float]], title: str, label: str, path: Path
) -> None:
    """Draw one line by series over ordered groups, such as review lengths, each point with its value."""
    colours = dict(zip(series, cycle((ACCENT, SECOND, INK, "#8a6fb0", "#5d8a3a", "#b8860b")), strict=False))
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(8, 4.2), layout="constrained")
        for name, values in series.items():
            axis.plot(groups, values, "o-", color=colours[name], label=name)
        axis.set(title=title, ylabel=label)
        axis.yaxis.set_major_formatter("{x:.0%}")
        axis.grid(axis="y", color=PALE, linewidth=0.6)
        axis.legend(frameon=False)
        _save(figure, path)


def _confusion(axis: Axes, confusion: NDArray[Any], labels: Sequence[str]) -> None:
    shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    axis.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(confusion):
        colour = "white" if shares[row, column] > 0.5 else INK
        axis.text(column, row, f"{count}\n{shares[row, column]:.1%}", ha="center", va="center", color=colour)
    ticks = range(len(labels))
    axis.set(title="Confusion", xlabel="predicted", ylabel="true")
    axis.set_xticks(ticks, labels)
    axis.set_yticks(ticks, labels)


def _roc(axis: Axes, values: Mapping[str, Any]) -> None:
    for label, points in values["roc"].items():
        axis.plot(*np.array(points).T, label=label)
    axis.plot([0, 1], [0, 1], color=PALE, linestyle="--", label="chance")
    area = "n/a" if values["roc_auc"] is None else f"{values['roc_auc']:.3f}"
    axis.set(title=f"ROC (area {area})", xlabel="false positive rate", ylabel="true positive rate", aspect="equal")
    axis.legend(frameon=False, loc="lower right")


def _reliability(axis: Axes, rows: NDArray[Any], error: float) -> None:
    confidence, accuracy, count = rows.T
    axis.plot([0, 1], [0, 1], color=PALE, linestyle="--", label="perfect")
    axis.plot(confidence, accuracy, color=ACCENT, zorder=2)
    axis.scatter(confidence, accuracy, s=8 + 180 * count / count.sum(), color=ACCENT, label="share of items", zorder=3)
    low = min(confidence.min(), accuracy.min()) - 0.03
    axis.set(title=f"Reliability (expected error {error:.3f})", xlabel="confidence", ylabel="accuracy")
    axis.set(xlim=(low, 1.01), ylim=(low, 1.01), aspect="equal")
    axis.legend(frameon=False, loc="lower right")


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, dpi=130)
    plt.close(figure)
