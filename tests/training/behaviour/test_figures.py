import json
from pathlib import Path

import pytest

from model_bundle import Predictor
from tests.training.behaviour.small_suite import write_small_suite
from training.behaviour import load_suite, measure_behaviour
from training.behaviour.figures import EXAMPLES


def test_rates_count_what_failed(predictor: Predictor, tmp_path: Path) -> None:
    figures = measure_behaviour(predictor, load_suite(write_small_suite(tmp_path / "suite")), seed=4)
    assert (figures["bundle"], figures["version"], figures["n"]) == ("reviews", "0.0.1", 6)
    assert figures["split"] == "seed 4"
    case, vocabulary = figures["capabilities"]["case"], figures["capabilities"]["vocabulary"]
    assert list(figures["capabilities"]) == ["case", "vocabulary"]
    assert (case["n"], case["failures"], case["failure_rate"]) == (2, 0, 0.0)
    assert case["tests"]["capitals"]["mean_range"] == pytest.approx(0, abs=1e-6)
    assert (vocabulary["n"], vocabulary["failures"], vocabulary["failure_rate"]) == (4, 2, 0.5)
    assert vocabulary["tests"]["praise"]["failures"] == 0
    assert vocabulary["tests"]["complaint"]["failure_rate"] == 1.0
    assert figures["failure_rate"] == 0.25


def test_failures_are_shown_with_label_and_score(predictor: Predictor, tmp_path: Path) -> None:
    figures = measure_behaviour(predictor, load_suite(write_small_suite(tmp_path / "suite")))
    shown = figures["capabilities"]["vocabulary"]["tests"]["complaint"]["examples"]
    assert {row["text"] for (row,) in shown} == {"The film was bad.", "The film was awful."}
    assert all(row["label"] == "negative" and row["score"] < 0 for (row,) in shown)


def test_the_shipped_suite_runs_on_a_tiny_bundle_the_same_each_time(predictor: Predictor) -> None:
    suite = load_suite()
    figures = measure_behaviour(predictor, suite)
    assert json.loads(json.dumps(figures)) == measure_behaviour(predictor, suite)
    assert 0 < figures["failure_rate"] < 1
    # Its tokenizer knows small letters alone, and no name; a text of nothing but unknown words is left out.
    names, case = (figures["capabilities"][name] for name in ("names", "case"))
    assert case["failures"] < 0.1 * case["n"]
    assert names["failures"] < 0.2 * names["n"]
    tests = [test for capability in figures["capabilities"].values() for test in capability["tests"].values()]
    assert all(len(test["examples"]) == min(EXAMPLES, test["failures"]) for test in tests)
    assert all(len(example) <= 2 for test in tests for example in test["examples"])
