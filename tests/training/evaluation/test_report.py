import json
from pathlib import Path

import numpy as np
import pytest

from model_bundle import Item
from training.datasets import Example
from training.errors import DatasetError
from training.evaluation.report import Figures, measure, summary, true_classes, write_report
from training.fitting.batches import UNLABELLED

LABELS = {"sentiment": ("negative", "positive")}
EXAMPLES = [
    Example(str(row), Item("x"), {} if label is None else {"sentiment": label}, str(row))
    for row, label in enumerate(["positive", "negative", None, "negative"])
]
LOGITS = {"sentiment": np.array([[0, 2], [2, 0], [9, 0], [0, 1]], np.float32)}
CONTEXT = {"bundle": "reviews", "dataset": "imdb", "split": "test", "modalities": ["text", "metadata"]}


@pytest.fixture
def figures() -> Figures:
    return measure(LOGITS, EXAMPLES, LABELS, {"sentiment": 1.0}) | CONTEXT


def test_unlabelled_examples_are_not_measured(figures: Figures) -> None:
    head = figures["heads"]["sentiment"]
    assert (figures["n"], head["n"]) == (4, 3)
    assert head["confusion"] == [[1, 1], [0, 1]]


def test_temperature_changes_confidence_and_no_label() -> None:
    sharp, soft = (measure(LOGITS, EXAMPLES, LABELS, {"sentiment": value})["heads"]["sentiment"] for value in (1, 10))
    assert soft["ece"] != sharp["ece"]
    assert {name: soft[name] for name in ("accuracy", "confusion")} == {
        name: sharp[name] for name in ("accuracy", "confusion")
    }


def test_classes_are_numbers_in_the_order_of_the_labels() -> None:
    assert true_classes(EXAMPLES, "sentiment", LABELS["sentiment"]).tolist() == [1, 0, UNLABELLED, 0]
    assert true_classes(EXAMPLES, "emotion", ("joy",)).tolist() == [UNLABELLED] * 4


def test_a_label_that_the_model_does_not_know_is_refused() -> None:
    with pytest.raises(
        DatasetError, match=r"label 'positive' is not one of the model's for 'sentiment': negative, bad"
    ):
        true_classes(EXAMPLES, "sentiment", ("negative", "bad"))


def test_nothing_labelled_is_refused() -> None:
    with pytest.raises(DatasetError, match="None of the 4 examples has a label for 'emotion'"):
        measure({"emotion": LOGITS["sentiment"]}, EXAMPLES, {"emotion": ("calm", "tense")}, {"emotion": 1})


def test_the_summary_tells_the_main_figures(figures: Figures) -> None:
    lines = summary(figures).splitlines()
    assert lines[:2] == ["n = 4, modalities: text, metadata", "sentiment:"]
    assert [line.split() for line in lines[2:4]] == [["accuracy", "0.6667"], ["macro_f1", "0.6667"]]


def test_a_figure_that_cannot_be_had_is_not_a_number() -> None:
    values = measure({"sentiment": LOGITS["sentiment"][:1]}, EXAMPLES[:1], LABELS, {"sentiment": 1})
    assert "roc_auc           n/a" in summary(values | CONTEXT)


def test_the_report_is_a_page_with_values_and_plots(figures: Figures, tmp_path: Path) -> None:
    write_report(figures, tmp_path / "deep/report")
    assert {path.name for path in (tmp_path / "deep/report").iterdir()} == {"report.json", "report.md", "sentiment.png"}
    assert json.loads((tmp_path / "deep/report/report.json").read_text(encoding="utf-8")) == figures
    page = (tmp_path / "deep/report/report.md").read_text(encoding="utf-8")
    assert page.startswith("# reviews on imdb, split `test`\n")
    assert "4 examples; modalities used: text, metadata." in page
    assert "| accuracy | 0.6667 |" in page
    assert "| positive | 0.5000 | 1.0000 | 0.6667 | 1 |" in page
    assert "](sentiment.png)" in page


def test_slices_are_shown_where_they_were_measured(figures: Figures, tmp_path: Path) -> None:
    write_report(figures, tmp_path)
    assert "slice" not in (tmp_path / "report.md").read_text(encoding="utf-8")
    slices = {"sentiment": {"text only": {"n": 3, "accuracy": 2 / 3}}}
    write_report(figures | {"slices": slices}, tmp_path)
    assert "| text only | 3 | 0.6667 |" in (tmp_path / "report.md").read_text(encoding="utf-8")
