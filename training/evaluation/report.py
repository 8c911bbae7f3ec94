"""Figures of a set of predictions: as values, in a few lines, and as a page with plots."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_bundle.graphs.graph import calibrated_probabilities
from training.datasets import Example
from training.errors import DatasetError
from training.evaluation.metrics import head_metrics
from training.evaluation.plots import plot_evaluation
from training.fitting.batches import UNLABELLED
from training.fitting.inference import Logits

Figures = dict[str, Any]

REPORTED = ("accuracy", "macro_f1", "weighted_f1", "roc_auc", "ece", "majority_accuracy")


def measure(
    logits: Logits,
    examples: Sequence[Example],
    labels: Mapping[str, Sequence[str]],
    temperatures: Mapping[str, float],
) -> Figures:
    """Return `n` and `heads.<head>.<figure>` for logits float32 [examples, labels] by head."""
    heads = {}
    for head, names in labels.items():
        targets = true_classes(examples, head, names)
        labelled = targets != UNLABELLED
        if not labelled.any():
            raise DatasetError(f"None of the {len(examples)} examples has a label for {head!r}.")
        probabilities = calibrated_probabilities(logits[head][labelled], temperatures[head])
        heads[head] = head_metrics(probabilities, targets[labelled], names)
    return {"n": len(examples), "heads": heads}


def true_classes(examples: Sequence[Example], head: str, labels: Sequence[str]) -> NDArray[np.int64]:
    """Return each example's class, int64 [examples]; DatasetError for a label that the model doesn't know."""
    known = {label: at for at, label in enumerate(labels)}
    found = [example.labels.get(head) for example in examples]
    unknown = {label for label in found if label is not None} - known.keys()
    if unknown:
        raise DatasetError(f"The label {min(unknown)!r} is not one of the model's for {head!r}: {', '.join(labels)}.")
    return np.array([UNLABELLED if label is None else known[label] for label in found], np.int64)


def summary(figures: Figures) -> str:
    """Return the main figures as a small table."""
    lines = [f"n = {figures['n']}, modalities: {', '.join(figures['modalities'])}"]
    for head, values in figures["heads"].items():
        lines += [f"{head}:"] + [f"  {name:<18}{_number(values[name])}" for name in REPORTED]
    return "\n".join(lines)


def write_report(figures: Figures, folder: Path) -> None:
    """Write `report.md`, `report.json` and a plot by head into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    for head, values in figures["heads"].items():
        plot_evaluation(
            values, f"{head}: {figures['bundle']} on {figures['dataset']} {figures['split']}", folder / f"{head}.png"
        )
    (folder / "report.md").write_text(_page(figures), encoding="utf-8")


def _page(figures: Figures) -> str:
    title = f"# {figures['bundle']} on {figures['dataset']}, split `{figures['split']}`"
    lines = [title, "", f"{figures['n']} examples; modalities used: {', '.join(figures['modalities'])}.", ""]
    for head, values in figures["heads"].items():
        lines += [f"## {head}", "", "| figure | value |", "|---|---|"]
        lines += [f"| {name} | {_number(values[name])} |" for name in REPORTED]
        lines += ["", *_class_table(values["per_class"]), "", f"![Confusion, ROC and reliability]({head}.png)", ""]
        if "slices" in figures:
            lines += [*_slice_table(figures["slices"][head]), ""]
    return "\n".join(lines)


def _class_table(per_class: Mapping[str, Mapping[str, float]]) -> list[str]:
    head = ["| class | precision | recall | F1 | support |", "|---|---|---|---|---|"]
    return head + [
        f"| {label} | {row['precision']:.4f} | {row['recall']:.4f} | {row['f1']:.4f} | {row['support']} |"
        for label, row in per_class.items()
    ]


def _slice_table(slices: Mapping[str, Mapping[str, float]]) -> list[str]:
    rows = [f"| {name} | {row['n']} | {row['accuracy']:.4f} |" for name, row in slices.items()]
    return ["| slice | n | accuracy |", "|---|---|---|", *rows]


def _number(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.4f}"
