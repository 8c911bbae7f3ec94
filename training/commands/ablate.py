"""Cross-validate a recipe and variations of it, and compare them: as a whole, by modality and by length of the text.

    python -m training ablate reviews --vary encoders.text.tokenizer.remove_stop_words=true --output runs/ablation

Every variation is measured on the same folds, with each combination of modalities.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from training.commands.arguments import add_data_root, add_device, add_recipe, changed, chosen_recipe
from training.commands.cross_validate import cross_validate, table
from training.evaluation.plots import plot_by_group
from training.evaluation.slices import is_length_slice

AS_IS = "as it is"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_recipe(parser)
    add_data_root(parser)
    add_device(parser)
    parser.add_argument(
        "--vary", action="append", default=[], metavar="KEY=VALUE", help="a variation of the recipe; may be repeated"
    )
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=1, help="folds to train at the same time (default: %(default)s)")
    parser.add_argument("--output", type=Path, default=Path("runs/ablation"), help="folder of the runs and the report")


def run(arguments: argparse.Namespace) -> None:
    """Cross-validate every variation, and write `ablation.json`, `ablation.md` and a plot by length."""
    recipe = chosen_recipe(arguments)
    recipes = {AS_IS: recipe} | {change: changed(recipe, [change]) for change in arguments.vary}
    results = {
        name: cross_validate(varied, arguments, arguments.output / name.replace("=", "-").replace(" ", "-"))
        for name, varied in recipes.items()
    }
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / "ablation.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    page = "\n\n".join(_section(name, result) for name, result in results.items())
    (arguments.output / "ablation.md").write_text(page + "\n", encoding="utf-8")
    for head in recipe.heads:
        _plot(results[AS_IS], head, arguments.output / f"{head}_by_length.png")
    print(page)


def _section(name: str, result: dict[str, Any]) -> str:
    return "\n".join([f"## {name}", "", table(result), "", *_slice_table(result)])


def _slice_table(result: dict[str, Any]) -> list[str]:
    combinations = list(result["modalities"])
    lines = ["Accuracy by slice:", "", "| slice | head | n | " + " | ".join(combinations) + " |"]
    lines.append("|---" * (3 + len(combinations)) + "|")
    for (name, head), n in _slices(result).items():
        values = [result["slices"][kept][head][name]["accuracy"] for kept in combinations]
        lines.append(f"| {name} | {head} | {n} | " + " | ".join(f"{value:.4f}" for value in values) + " |")
    return lines


def _slices(result: dict[str, Any]) -> dict[tuple[str, str], int]:
    first = next(iter(result["slices"].values()))
    return {(name, head): values["n"] for head, slices in first.items() for name, values in slices.items()}


def _plot(result: dict[str, Any], head: str, path: Path) -> None:
    series = {
        kept: [values["accuracy"] for name, values in heads[head].items() if is_length_slice(name)]
        for kept, heads in result["slices"].items()
    }
    names = [name for name, of in _slices(result) if of == head and is_length_slice(name)]
    plot_by_group(names, series, f"{head}: accuracy by length of the text", "accuracy", path)
