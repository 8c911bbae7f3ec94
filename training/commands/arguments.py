"""Arguments that several commands share."""

import argparse
import os
import shlex
import sys
from pathlib import Path

import torch
import yaml

from training.behaviour.gate import Margins
from training.datasets import DATASETS, describe_dataset
from training.errors import DatasetError, RecipeError, in_one_line
from training.recipe import Recipe, changed_recipe, load_recipe


def add_recipe(parser: argparse.ArgumentParser) -> None:
    """Declare the recipe and the changes to it."""
    parser.add_argument("recipe", type=Path, help="a YAML file, or the name of a shipped recipe such as `reviews`")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="change one value of the recipe, for example --set optimisation.epochs=1; may be repeated",
    )


def add_data_root(parser: argparse.ArgumentParser) -> None:
    """Declare where the data sets lie."""
    parser.add_argument(
        "--data-root",
        type=Path,
        default=Path(os.environ.get("VALENCE_DATA_ROOT", "data")),
        help="folder of the downloaded data sets (default: VALENCE_DATA_ROOT, else data)",
    )


def add_dataset(parser: argparse.ArgumentParser) -> None:
    """Declare the data set; another package's is named as `module:attribute`."""
    known = ", ".join(DATASETS)
    parser.add_argument("--dataset", type=_dataset, required=True, help=f"one of {known}, or module:attribute")


def _dataset(name: str) -> str:
    try:
        describe_dataset(name)
    except DatasetError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return name


def add_device(parser: argparse.ArgumentParser) -> None:
    """Declare what to compute on."""
    default = "cuda" if torch.cuda.is_available() else "cpu"
    parser.add_argument("--device", type=_device, default=default, help="torch device (default here: %(default)s)")


def add_margins(parser: argparse.ArgumentParser) -> None:
    """Declare by how much a bundle may be worse in the behaviour suite than another."""
    parser.add_argument(
        "--margin",
        type=float,
        default=Margins.overall,
        help="by how much the mean of the behaviour suite's failure rates may rise (default: %(default)s)",
    )
    parser.add_argument(
        "--capability-margin",
        type=float,
        default=Margins.capability,
        help="by how much the failure rate of any one capability may rise (default: %(default)s)",
    )


def chosen_margins(arguments: argparse.Namespace) -> Margins:
    """Return the margins that the arguments name."""
    return Margins(arguments.margin, arguments.capability_margin)


def invoked_command() -> str:
    """Return the command that is running; of an absolute path only its end, as the rest says nothing of the run."""
    arguments = [Path(value).name if Path(value).is_absolute() else value for value in sys.argv[1:]]
    return shlex.join(["python", "-m", "training", *arguments])


def chosen_recipe(arguments: argparse.Namespace) -> Recipe:
    """Return the recipe that the arguments name, with the changes that they ask for."""
    return changed(load_recipe(arguments.recipe), arguments.set)


def changed(recipe: Recipe, changes: list[str]) -> Recipe:
    """Return the recipe with each `KEY=VALUE` of `changes`; RecipeError for a key or value that doesn't fit."""
    parts = [change.partition("=") for change in changes]
    try:
        return changed_recipe(recipe, {key: yaml.safe_load(value) for key, _, value in parts})
    except yaml.YAMLError as error:
        raise RecipeError(f"{', '.join(changes)} does not fit the recipe: {in_one_line(error)}.") from error


def _device(name: str) -> str:
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:
        raise argparse.ArgumentTypeError(f"{name} can't be used here: {str(error).splitlines()[0]}") from error
    return name
