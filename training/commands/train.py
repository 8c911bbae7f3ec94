"""Train a recipe, and first the stages that it lists.

python -m training train reviews --data-root data --output runs/reviews
"""

import argparse
import json
from pathlib import Path

import torch

from training.beside import load_beside
from training.commands.arguments import add_data_root, add_device, add_recipe, chosen_recipe
from training.datasets.example import fingerprint, write_examples
from training.evaluation.plots import plot_learning_curves
from training.evaluation.report import Figures, measure, summary, write_report
from training.fitting.fit import Fitted, fit, load_training_data
from training.fitting.inference import predict_logits
from training.fitting.loop import BEST
from training.outputs import check_run
from training.recipe import Recipe
from training.stages import FINISHED, is_finished, stage_folder, stage_recipes, with_references

VALIDATION_FILE = "validation.jsonl"
"""The held-out examples: what export checks its graphs on."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_recipe(parser)
    add_data_root(parser)
    add_device(parser)
    parser.add_argument("--output", type=Path, help="folder of the run (default: runs/ and the recipe's name)")
    parser.add_argument("--resume", action="store_true", help="continue the run in the folder from its last checkpoint")
    parser.add_argument("--overwrite", action="store_true", help="replace the run in the folder, if it holds one")


def run(arguments: argparse.Namespace) -> None:
    """Train, calibrate and report."""
    recipe = chosen_recipe(arguments)
    folder = arguments.output or Path("runs") / recipe.name
    check_run(folder, arguments.resume, arguments.overwrite)
    train(recipe, arguments.data_root, folder, torch.device(arguments.device), arguments.resume)
    print(f"Best model: {folder / BEST}. Next: python -m model_export {folder / BEST} models/{recipe.name}")


def train(recipe: Recipe, root: Path, folder: Path, device: torch.device, resume: bool) -> None:
    """Train the recipe's stages and then itself, and write its run into `folder`."""
    if device.type == "cuda":
        torch.set_float32_matmul_precision("high")  # TF32: what isn't computed in bfloat16 would take thrice as long
    stages = stage_recipes(recipe, folder)
    for name, stage in stages.items():
        _train_stage(stage, root, stage_folder(folder, name), device, resume)
    examples, unlabelled = load_training_data(recipe, root)
    beside = load_beside(recipe, root, [stage_folder(folder, name) / BEST for name in recipe.data.teachers])
    own = with_references(recipe, folder, list(stages))
    write_run(fit(own, examples, unlabelled, folder, device, resume, beside), folder)


def _train_stage(recipe: Recipe, root: Path, folder: Path, device: torch.device, resume: bool) -> None:
    examples, _ = load_training_data(recipe, root)
    if is_finished(folder, recipe, fingerprint(examples)):
        print(f"{folder} is finished: this stage is taken as it is.")
    else:
        train(recipe, root, folder, device, resume)


def write_run(fitted: Fitted, folder: Path) -> None:
    """Write the validation examples, the history, and the validation report beside the checkpoints."""
    write_examples(folder / VALIDATION_FILE, fitted.validation.examples)
    plot_learning_curves(fitted.history, folder / "learning_curves.png")
    figures = validation_report(fitted)
    print(summary(figures))
    write_report(figures, folder / "validation")
    (folder / FINISHED).write_text(json.dumps(fitted.history, indent=2) + "\n", encoding="utf-8")


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
        "command": description.command,
    }
