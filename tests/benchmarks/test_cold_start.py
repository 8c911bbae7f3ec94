"""That the two sides of the cold start's ratio do the same work. How long they take is what `make bench` says."""

from pathlib import Path

import pytest

from benchmarks.cold_start import ColdStarts, measure_cold_starts
from model_bundle import Item, Predictor


@pytest.mark.slow
def test_both_handlers_are_measured(models_folder: Path) -> None:
    found = measure_cold_starts(models_folder, rounds=1)
    assert {name: len(values) for name, values in found.milliseconds.items()} == {
        "bare handler": 1,
        "Valence handler": 1,
    }
    assert found.ratio > 0


def test_the_ratio_is_that_of_the_turns() -> None:
    assert ColdStarts({"bare": [100, 200, 100], "ours": [200, 600, 250]}).ratio == 2.5


def test_the_bare_handler_answers_as_the_graphs_do(
    models_folder: Path, predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VALENCE_MODELS", str(models_folder))
    from benchmarks.bare_handler import BareModel

    scores = BareModel(models_folder / "reviews").scores("a great film")
    logits = predictor.logits([Item(text="a great film")])["sentiment"][0]
    assert scores.index(max(scores)) == logits.argmax()
    assert sum(scores) == pytest.approx(1)
