import json
from pathlib import Path

import pytest

from model_bundle import Item
from tests.training.tiny import tiny_arguments, tiny_recipe
from training.__main__ import main
from training.beside import Beside
from training.commands import cross_validate
from training.commands.cross_validate import average, make_folds, modality_combinations, run_folds, table
from training.datasets import Example
from training.evaluation.report import REPORTED


def test_every_combination_comes_with_the_full_one_last() -> None:
    assert modality_combinations(["text", "metadata"]) == [("text",), ("metadata",), ("text", "metadata")]
    assert len(modality_combinations(["text", "audio", "video"])) == 7


def test_no_unlabelled_example_of_a_held_out_film_is_learned_from(examples: list[Example], tmp_path: Path) -> None:
    unlabelled = [Example(f"unsup/{row}", Item("film"), {}, example.group) for row, example in enumerate(examples)]
    folds = make_folds(tiny_recipe(), examples, unlabelled, 3, tmp_path, "cpu")
    assert [fold.folder.name for fold in folds] == ["fold0", "fold1", "fold2"]
    for fold in folds:
        held_out = {example.group for example in fold.held_out}
        assert not held_out & {example.group for example in [*fold.rest, *fold.unlabelled]}
        assert len(fold.unlabelled) == len(fold.rest)


def test_no_example_of_a_held_out_group_is_learned_from_beside(examples: list[Example], tmp_path: Path) -> None:
    beside = Beside({"other": [Example(f"other/{row}", Item("film"), {}, of.group) for row, of in enumerate(examples)]})
    for fold in make_folds(tiny_recipe(), examples, [], 3, tmp_path, "cpu", beside):
        held_out = {example.group for example in fold.held_out}
        learned = fold.beside.examples["other"]
        assert len(learned) == len(fold.rest)
        assert not held_out & {example.group for example in learned}


def _figures(accuracy: float, n: int) -> dict[str, object]:
    heads = {"sentiment": dict.fromkeys(REPORTED, 0.5) | {"accuracy": accuracy}}
    slices = {"sentiment": {"metadata known": {"n": n, "accuracy": accuracy}}}
    return {"text": {"n": n, "heads": heads, "slices": slices}}


def test_mean_and_deviation_are_over_folds_and_slices_over_examples() -> None:
    result = average([_figures(0.7, 100), _figures(0.9, 300)])
    assert (result["folds"], result["n"]) == (2, 400)
    assert result["modalities"]["text"]["sentiment"]["accuracy"] == {
        "mean": pytest.approx(0.8),
        "deviation": pytest.approx(0.02**0.5),
    }
    assert result["modalities"]["text"]["sentiment"]["ece"] == {"mean": 0.5, "deviation": 0}
    assert result["slices"]["text"]["sentiment"]["metadata known"] == {"n": 400, "accuracy": pytest.approx(0.85)}
    assert table(result).splitlines()[2] == "| text | sentiment | 0.8000 ± 0.1414 | 0.5000 ± 0.0000 | 0.5000 ± 0.0000 |"


@pytest.mark.slow
def test_the_command_measures_every_combination(
    data_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["cross-validate", "reviews", "--data-root", str(data_root), "--folds", "2", "--device", "cpu"]
    places = ["--output", str(tmp_path / "runs"), "--json", str(tmp_path / "deep/folds.json")]
    assert main([*command, *places, *tiny_arguments("optimisation.epochs=9", "optimisation.patience=9")]) == 0
    result = json.loads((tmp_path / "deep/folds.json").read_text(encoding="utf-8"))
    assert {name: result[name] for name in ("recipe", "dataset", "split", "seed", "folds", "n")} == {
        "recipe": "reviews",
        "dataset": "imdb",
        "split": "train",
        "seed": 0,
        "folds": 2,
        "n": 120,
    }
    assert list(result["modalities"]) == list(result["slices"]) == ["text", "metadata", "text+metadata"]
    accuracy = {kept: heads["sentiment"]["accuracy"]["mean"] for kept, heads in result["modalities"].items()}
    assert accuracy["text"] > 0.75 > accuracy["metadata"]
    assert table(result) in capsys.readouterr().out


@pytest.mark.slow
def test_folds_in_processes_of_their_own_give_the_same(examples: list[Example], tmp_path: Path) -> None:
    folds = make_folds(tiny_recipe("optimisation.epochs=1"), examples, [], 2, tmp_path, "cpu")
    assert list(run_folds(folds, workers=2)) == list(cross_validate.run_folds(folds, workers=1))
