import json
from pathlib import Path
from typing import Any

import pytest

from model_export.errors import ExportError
from model_export.figures import RECORDED, read_measurement
from training.commands.ablate import AS_IS

VALUES = dict.fromkeys(RECORDED, 0.5)
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
    "modalities": {"text": {"sentiment": {name: {"mean": 0.5, "deviation": 0.1} for name in RECORDED}}},
}


def write(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_an_evaluation_is_recorded(tmp_path: Path) -> None:
    measurement = read_measurement(write(tmp_path / "a.json", EVALUATION))
    assert (measurement.dataset, measurement.split, measurement.n) == ("imdb", "test, with text and metadata", 7)
    assert measurement.command == "python -m training evaluate"
    assert measurement.values == {f"sentiment {name}": 0.5 for name in RECORDED if name != "roc_auc"}


@pytest.mark.parametrize("content", [FOLDS, {AS_IS: FOLDS, "seed=1": {}}])
def test_folds_are_recorded_with_mean_and_deviation(tmp_path: Path, content: object) -> None:
    measurement = read_measurement(write(tmp_path / "a.json", content))
    assert measurement.split == "train, 5 grouped folds, seed 3"
    assert measurement.n == 9
    assert measurement.values["sentiment accuracy, text, mean"] == 0.5
    assert measurement.values["sentiment accuracy, text, deviation"] == 0.1
    assert len(measurement.values) == 2 * len(RECORDED)


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
