import subprocess
from pathlib import Path

import pytest

from tests.training.tiny import CPU, tiny_recipe
from training.datasets import Example
from training.fitting import fit as fitting
from training.fitting.fit import current_commit, describe, fit, load_training_data
from training.fitting.inference import predict_logits
from training.fitting.material import Material


def test_only_recipes_that_ask_for_unlabelled_examples_get_them(data_root: Path) -> None:
    examples, unlabelled = load_training_data(tiny_recipe(), data_root)
    assert (len(examples), unlabelled) == (120, [])
    assert len(load_training_data(tiny_recipe("data.use_unlabelled=true"), data_root)[1]) == 60


def test_preprocessing_learns_from_the_training_part_alone(examples: list[Example]) -> None:
    part = [example for example in examples if "wonderful" not in (example.item.text or "").lower()]
    description = describe(tiny_recipe(), Material(part), examples)
    assert '"superb"' in str(description.learned["text"]["tokenizer"])
    assert '"wonderful"' not in str(description.learned["text"]["tokenizer"])


def test_the_model_returned_is_the_calibrated_one_on_disk(examples: list[Example], tmp_path: Path) -> None:
    fitted = fit(tiny_recipe("optimisation.epochs=1"), examples, [], tmp_path, CPU)
    logits = predict_logits(fitted.model, fitted.validation)["sentiment"]
    assert len(logits) == len(fitted.validation)
    assert fitted.description.temperatures["sentiment"] > 0
    assert [epoch["epoch"] for epoch in fitted.history] == [1]


def test_the_commit_is_unknown_outside_of_git(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: str) -> str:
        raise subprocess.CalledProcessError(128, "git")

    monkeypatch.setattr(fitting, "_git", fail)
    assert current_commit() == "unknown"


def test_changes_that_are_not_committed_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"rev-parse": "0123456789ab", "status": " M file"}
    monkeypatch.setattr(fitting, "_git", lambda *arguments: answers[arguments[0]])
    assert current_commit() == "0123456789ab+changes"
    answers["status"] = ""
    assert current_commit() == "0123456789ab"
