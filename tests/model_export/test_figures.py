import json
from pathlib import Path
from typing import Any

import pytest

from model_export.errors import ExportError
from model_export.figures import read_measurement
from training.commands.ablate import AS_IS
from training.evaluation.report import REPORTED

VALUES = dict.fromkeys(REPORTED, 0.5)
EVALUATION: dict[str, Any] = {
    "n": 7,
    "dataset": "imdb",
    "split": "test",
    "bundle": "reviews",
    "modalities": ["text", "metadata"],
    "command": "python -m training evaluate",
    "heads": {"sentiment": VALUES | {"roc_auc": None, "labels": ["negative", "positive"]}},
}
FOLDS: dict[str, Any] = {
    "n": 9,
    "dataset": "imdb",
    "split": "train",
    "seed": 3,
    "folds": 5,
    "command": "python -m training cross-validate",
    "modalities": {"text": {"sentiment": {name: {"mean": 0.5, "deviation": 0.1} for name in REPORTED}}},
}


def write(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_an_evaluation_is_recorded(tmp_path: Path) -> None:
    measurement = read_measurement(write(tmp_path / "a.json", EVALUATION))
    assert (measurement.dataset, measurement.split, measurement.n) == ("imdb", "test", 7)
    assert measurement.command == "python -m training evaluate"
    assert {figure.name for figure in measurement.figures} == set(REPORTED) - {"roc_auc"}
    assert {figure.modalities for figure in measurement.figures} == {("text", "metadata")}
    assert {(figure.head, figure.value, figure.deviation) for figure in measurement.figures} == {
        ("sentiment", 0.5, None)
    }


def test_the_report_of_a_training_is_recorded(finished_run: Path) -> None:
    measurement = read_measurement(finished_run / "validation/report.json")
    assert measurement.split == "validation"
    assert measurement.command.startswith("python -m training")
    assert (measurement.figures[0].head, measurement.figures[0].name) == ("sentiment", "accuracy")
    assert 0 <= measurement.figures[0].value <= 1


@pytest.mark.parametrize("content", [FOLDS, {AS_IS: FOLDS, "seed=1": {}}])
def test_folds_are_recorded_with_mean_and_deviation(tmp_path: Path, content: object) -> None:
    measurement = read_measurement(write(tmp_path / "a.json", content))
    assert measurement.split == "train, 5 grouped folds, seed 3"
    assert measurement.n == 9
    assert [figure.name for figure in measurement.figures] == list(REPORTED)
    assert {(figure.head, figure.modalities) for figure in measurement.figures} == {("sentiment", ("text",))}
    assert {(figure.value, figure.deviation) for figure in measurement.figures} == {(0.5, 0.1)}


@pytest.mark.parametrize(
    "content", [{}, [], 3, "text", EVALUATION | {"heads": {}, "n": None}, FOLDS | {"modalities": 1}]
)
def test_something_else_is_refused(tmp_path: Path, content: object) -> None:
    path = write(tmp_path / "a.json", content)
    with pytest.raises(ExportError, match=r"a\.json was not written by"):
        read_measurement(path)


def test_a_missing_or_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(b'{"n": \xff')
    for name in ("none.json", "b.json"):
        with pytest.raises(ExportError, match=name):
            read_measurement(tmp_path / name)
