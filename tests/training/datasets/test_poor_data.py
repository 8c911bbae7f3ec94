import pytest

from model_bundle import Item
from training.datasets import Example
from training.datasets.poor_data import warn_of_poor_data


def example(text: str | None, **labels: str) -> Example:
    return Example("0", Item(text, year=1994), labels, "0")


def test_one_label_and_empty_texts_are_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    examples = [example(" ", sentiment="positive"), example(None, sentiment="positive"), example("")]
    warn_of_poor_data(examples, ["sentiment"], ["text", "metadata"])
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("Warning: every labelled example is 'positive' for 'sentiment'")
    assert second.startswith("Warning: all 3 texts are empty")


def test_nothing_is_said_of_good_data(capsys: pytest.CaptureFixture[str]) -> None:
    examples = [example("Good.", sentiment="positive"), example(None, sentiment="negative", mood="x")]
    warn_of_poor_data(examples, ["sentiment"], ["text"])
    warn_of_poor_data([example(None, sentiment=of) for of in ("positive", "negative")], ["sentiment"], ["metadata"])
    assert capsys.readouterr().err == ""
