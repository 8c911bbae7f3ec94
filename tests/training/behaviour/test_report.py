import json
from pathlib import Path

import pytest
from PIL import Image

from model_bundle import Predictor
from tests.training.behaviour.small_suite import write_small_suite
from training.behaviour import load_suite, measure_behaviour
from training.behaviour.figures import Figures
from training.behaviour.report import examples, table, write_behaviour_report


@pytest.fixture
def figures(predictor: Predictor, tmp_path: Path) -> Figures:
    return measure_behaviour(predictor, load_suite(write_small_suite(tmp_path / "suite")))


def test_the_table_has_a_row_by_capability(figures: Figures) -> None:
    assert table(figures).splitlines() == [
        "| capability | n | failures |",
        "|---|---:|---:|",
        "| case | 2 | 0.0% |",
        "| vocabulary | 4 | 50.0% |",
        "| **mean of the capabilities** | 6 | 25.0% |",
    ]


def test_the_other_bundle_has_a_column_of_its_own(figures: Figures) -> None:
    lines = table(figures, figures).splitlines()
    assert lines[0] == "| capability | n | failures | reviews 0.0.1, before |"
    assert lines[-1] == "| **mean of the capabilities** | 6 | 25.0% | 25.0% |"


def test_examples_show_texts_and_answers(figures: Figures) -> None:
    (line,) = examples(figures, most=1).splitlines()
    assert line.startswith("vocabulary: complaint: `The film was ")
    assert "` negative (-0." in line
    assert len(examples(figures, most=3).splitlines()) == 2
    assert examples(figures, most=0) == ""


def test_a_text_without_an_answer_is_shown_as_such(figures: Figures) -> None:
    figures["capabilities"]["case"]["tests"]["capitals"]["examples"] = [
        [{"text": "A", "label": "positive", "score": 0.5}, {"text": "B", "label": None, "score": None}]
    ]
    assert "case: capitals: `A` positive (+0.50) → `B` no answer" in examples(figures, most=1)


@pytest.mark.parametrize("compared", [False, True])
def test_the_report_is_a_page_with_figures_and_a_chart(figures: Figures, tmp_path: Path, compared: bool) -> None:
    folder = tmp_path / "new" / "report"
    write_behaviour_report(figures, figures if compared else None, folder)
    assert json.loads((folder / "behaviour.json").read_text(encoding="utf-8")) == figures
    page = (folder / "behaviour.md").read_text(encoding="utf-8")
    assert table(figures, figures if compared else None) in page
    assert "| capitals | invariance | 2 | 0.0% | 0.000 |" in page
    assert "- `The film was bad.` negative" in page
    with Image.open(folder / "behaviour.png") as picture:
        assert picture.width > 300
