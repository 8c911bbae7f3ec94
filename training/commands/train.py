"""Train a recipe.

python -m training train reviews --data-root data --output runs/reviews
"""

import argparse
import json
from pathlib import Path

import torch

from training.commands.arguments import add_data_root, add_device, add_recipe, chosen_recipe
from training.datasets.example import write_examples
from training.evaluation.plots import plot_learning_curves
from training.evaluation.report import Figures, measure, summary, write_report
from training.fitting.fit import Fitted, fit, load_training_data
from training.fitting.inference import predict_logits
from training.fitting.loop import BEST

VALIDATION_FILE = "validation.jsonl"
"""The held-out examples: what export checks its graphs on."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_recipe(parser)
    add_data_root(parser)
    add_device(parser)
    parser.add_argument("--output", type=Path, help="folder of the run (default: runs/ and the recipe's name)")
    parser.add_argument("--resume", action="store_true", help="go on from the folder's last checkpoint, if it has one")


def run(arguments: argparse.Namespace) -> None:
    """Train, calibrate and report."""
    recipe = chosen_recipe(arguments)
    folder = arguments.output or Path("runs") / recipe.name
    examples, unlabelled = load_training_data(recipe, arguments.data_root)
    fitted = fit(recipe, examples, unlabelled, folder, torch.device(arguments.device), arguments.resume)
    write_run(fitted, folder)
    print(f"Best model: {folder / BEST}. Next: python -m model_export {folder / BEST} models/{recipe.name}")


def write_run(fitted: Fitted, folder: Path) -> None:
    """Write the validation examples, the history, and the validation report beside the checkpoints."""
    write_examples(folder / VALIDATION_FILE, fitted.validation.examples)
    (folder / "history.json").write_text(json.dumps(fitted.history, indent=2) + "\n", encoding="utf-8")
    plot_learning_curves(fitted.history, folder / "learning_curves.png")
    figures = validation_report(fitted)
    print(summary(figures))
    write_report(figures, folder / "validation")


def validation_report(fitted: Fitted) -> Figures:
    """Measure the trained model on its validation part."""
    description = fitted.description
    logits = predict_logits(fitted.model, fitted.validation)
    figures = measure(logits, fitted.validation.examples, description.labels, description.temperatures)
    return figures | {
        "bundle": description.recipe.name,
        "dataset": description.recipe.data.dataset,
        "split": "validation",
        "modalities": list(description.recipe.encoders),
    }
