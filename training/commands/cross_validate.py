"""Train a recipe once for each of k grouped folds, and measure each model on the fold that it never saw.

    python -m training cross-validate reviews --data-root data --folds 5 --json runs/reviews/cross_validation.json

No film, speaker or tweet group is on both sides of a fold, and what a fold's model learns without labels
leaves the fold's groups out too. Every model is measured with each combination of modalities.
"""

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training.beside import Beside, load_beside
from training.commands.arguments import add_data_root, add_device, add_recipe, chosen_recipe, invoked_command
from training.datasets import Example
from training.datasets.splits import grouped_folds
from training.errors import RecipeError
from training.evaluation.report import REPORTED, measure
from training.evaluation.slices import pooled_slices, slice_accuracy
from training.fitting.batches import FeatureSet
from training.fitting.fit import ALONE, fit, load_training_data
from training.fitting.inference import predict_logits
from training.outputs import check_file, check_folder
from training.recipe import Recipe


@dataclass(frozen=True)
class Fold:
    """One fold's task."""

    recipe: Recipe
    rest: Sequence[Example]
    held_out: Sequence[Example]
    unlabelled: Sequence[Example]
    folder: Path
    device: str
    beside: Beside = ALONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_recipe(parser)
    add_data_root(parser)
    add_device(parser)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=1, help="folds to train at the same time (default: %(default)s)")
    parser.add_argument("--output", type=Path, help="folder of the runs (default: runs/, the recipe's name and -folds)")
    parser.add_argument("--json", type=Path, help="write the figures here")


def run(arguments: argparse.Namespace) -> None:
    """Cross-validate and print mean and deviation."""
    recipe = chosen_recipe(arguments)
    folder = arguments.output or Path("runs") / f"{recipe.name}-folds"
    check_folder(folder)
    if arguments.json:
        check_file(arguments.json)
    result = cross_validate(recipe, arguments, folder)
    print(table(result))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def cross_validate(recipe: Recipe, arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Train and measure every fold; return what was run, and the figures' mean and deviation."""
    if recipe.stages:
        raise RecipeError(
            f"{recipe.name} has stages, which cross-validation doesn't train anew for each fold. "
            "Train it with another data.validation_seed for each fold instead."
        )
    examples, unlabelled = load_training_data(recipe, arguments.data_root)
    beside = load_beside(recipe, arguments.data_root)
    folds = make_folds(recipe, examples, unlabelled, arguments.folds, folder, arguments.device, beside)
    result = {"recipe": recipe.name, "dataset": recipe.data.dataset, "split": "train", "seed": recipe.seed}
    return result | {"command": invoked_command()} | average(list(run_folds(folds, arguments.workers)))


def make_folds(
    recipe: Recipe,
    examples: Sequence[Example],
    unlabelled: Sequence[Example],
    folds: int,
    folder: Path,
    device: str,
    beside: Beside = ALONE,
) -> list[Fold]:
    """Return the folds' tasks."""
    tasks = []
    for number, (rest, held_out) in enumerate(grouped_folds(examples, folds, recipe.seed)):
        groups = {example.group for example in held_out}
        allowed = [example for example in unlabelled if example.group not in groups]
        others = beside.without(groups)
        tasks.append(Fold(recipe, rest, held_out, allowed, folder / f"fold{number}", device, others))
    return tasks


def run_folds(folds: Sequence[Fold], workers: int) -> Iterator[dict[str, Any]]:
    """Run the folds and yield their figures, in order."""
    if workers == 1:
        yield from map(run_fold, folds)
        return
    threads = max(1, (os.cpu_count() or 1) // workers)
    with ProcessPoolExecutor(workers, get_context("spawn"), torch.set_num_threads, (threads,)) as pool:
        yield from pool.map(run_fold, folds)


def run_fold(fold: Fold) -> dict[str, Any]:
    """Train one fold's model; return its figures by combination of modalities."""
    device = torch.device(fold.device)
    fitted = fit(fold.recipe, fold.rest, fold.unlabelled, fold.folder, device, beside=fold.beside)
    features = FeatureSet(fold.held_out, fitted.validation.readers, fitted.description.labels)
    labels, temperatures = fitted.description.labels, fitted.description.temperatures
    figures = {}
    for kept in modality_combinations(list(fold.recipe.encoders)):
        logits = predict_logits(fitted.model, features, keep=kept)
        figures["+".join(kept)] = measure(logits, fold.held_out, labels, temperatures)
        figures["+".join(kept)]["slices"] = slice_accuracy(logits, fold.held_out, labels)
    return figures


def modality_combinations(modalities: Sequence[str]) -> list[tuple[str, ...]]:
    """Return every combination of at least one modality, the full one last."""
    return [kept for size in range(1, len(modalities) + 1) for kept in combinations(modalities, size)]


def average(folds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return mean and standard deviation (over folds, n - 1) of each figure, by combination and head."""
    combinations = list(folds[0])
    return {
        "folds": len(folds),
        "n": sum(next(iter(fold.values()))["n"] for fold in folds),
        "modalities": {
            kept: {head: _statistics([fold[kept]["heads"][head] for fold in folds]) for head in first["heads"]}
            for kept, first in folds[0].items()
        },
        "slices": {kept: pooled_slices([fold[kept]["slices"] for fold in folds]) for kept in combinations},
    }


def _statistics(values: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    columns = {name: np.array([row[name] for row in values if row[name] is not None]) for name in REPORTED}
    return {
        name: {"mean": float(column.mean()), "deviation": float(column.std(ddof=1)) if len(column) > 1 else 0.0}
        for name, column in columns.items()
        if len(column)
    }


def table(result: dict[str, Any]) -> str:
    """Return accuracy and macro F1 by combination of modalities, in Markdown."""
    lines = ["| modalities | head | accuracy | macro F1 | majority |", "|---|---|---|---|---|"]
    for kept, heads in result["modalities"].items():
        for head, values in heads.items():
            cells = [_cell(values[name]) for name in ("accuracy", "macro_f1", "majority_accuracy")]
            lines.append(f"| {kept} | {head} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(value: dict[str, float]) -> str:
    return f"{value['mean']:.4f} ± {value['deviation']:.4f}"
