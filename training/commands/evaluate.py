"""Measure a bundle on a labelled data set.

python -m training evaluate --bundle models/reviews --dataset imdb --data-root data --split test --json test.json
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from model_bundle import Predictor
from model_bundle.item import MODALITY_FIELDS, Item
from training.commands.arguments import add_data_root, add_dataset, invoked_command
from training.datasets import Example, load_dataset
from training.errors import DatasetError
from training.evaluation.report import measure, summary, write_report
from training.evaluation.slices import slice_accuracy
from training.fitting.inference import Logits
from training.outputs import check_file, check_folder
from training.recipe import load_recipe

CHUNK = 512


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--bundle", type=Path, required=True, help="folder of the bundle, such as models/reviews")
    add_dataset(parser)
    parser.add_argument("--recipe", type=Path, help="for --dataset table: the recipe that says what its columns mean")
    add_data_root(parser)
    parser.add_argument("--split", default="test", help="a split of the data set; `all` is every labelled item found")
    parser.add_argument(
        "--without", action="append", default=[], choices=MODALITY_FIELDS, help="leave a modality out; may be repeated"
    )
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--report", type=Path, help="write a report with plots into this folder")
    parser.add_argument("--threads", type=int, default=2, help="threads that each graph runs on (default: %(default)s)")


def run(arguments: argparse.Namespace) -> None:
    """Evaluate, print the main figures, and write what was asked for."""
    if arguments.json:
        check_file(arguments.json)
    if arguments.report:
        check_folder(arguments.report)
    predictor = Predictor.open(arguments.bundle, arguments.threads)
    wanted = {modality.kind for modality in predictor.spec.modalities}.difference(arguments.without)
    columns = load_recipe(arguments.recipe).data.table if arguments.recipe else None
    examples = load_dataset(arguments.dataset, arguments.data_root, arguments.split, wanted, columns)
    figures = evaluate(predictor, examples, arguments.without)
    figures |= {"dataset": arguments.dataset, "split": arguments.split, "bundle": predictor.spec.name}
    figures["command"] = invoked_command()
    print(summary(figures))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    if arguments.report:
        write_report(figures, arguments.report)


def evaluate(predictor: Predictor, examples: Sequence[Example], without: Sequence[str] = ()) -> dict[str, Any]:
    """Return the figures of a bundle on labelled examples, with some modalities left out.

    `slices` are of the examples as they are in the data set, whatever is left out.
    """
    items = [_reduced(example.item, without) for example in examples]
    labels = {head.name: head.labels for head in predictor.spec.heads}
    temperatures = {head.name: head.temperature for head in predictor.spec.heads}
    modalities = [modality.kind for modality in predictor.spec.modalities if modality.kind not in without]
    if not modalities:
        raise DatasetError(f"Nothing is left of the modalities of {predictor.spec.name!r} to evaluate.")
    logits = _logits(predictor, items)
    figures = measure(logits, examples, labels, temperatures)
    figures["slices"] = slice_accuracy(logits, examples, labels)
    return figures | {"version": predictor.spec.version, "modalities": modalities}


def _logits(predictor: Predictor, items: Sequence[Item]) -> Logits:
    starts = tqdm(range(0, len(items), CHUNK), desc="evaluating", unit="chunk", leave=False)
    chunks = [predictor.logits(items[start : start + CHUNK]) for start in starts]
    return {head: np.concatenate([chunk[head] for chunk in chunks]) for head in chunks[0]}


def _reduced(item: Item, without: Sequence[str]) -> Item:
    for modality in without:
        item = item.without(modality)
    return item
