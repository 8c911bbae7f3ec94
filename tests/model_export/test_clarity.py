from dataclasses import replace

import numpy as np
import pytest

from model_bundle import Item
from model_export.clarity import clarity_measurements
from tests.training.tiny import describe_tiny, tiny_recipe
from training.datasets import Example

LABELS = ("negative", "positive", "positive", "negative", None)
LOGITS = np.array([[2, 0], [0, 0.1], [0.1, 0], [0, 3], [0, 0]], np.float32)
EXAMPLES = [Example(str(row), Item("x"), {"sentiment": label} if label else {}, "") for row, label in enumerate(LABELS)]


def test_both_sides_of_the_limit_are_told(examples: list[Example]) -> None:
    recipe = replace(tiny_recipe(), unclear_below={"sentiment": 0.7})
    (found,) = clarity_measurements(describe_tiny(examples, recipe), {"sentiment": LOGITS}, EXAMPLES)
    assert found.n == 4
    assert {figure.name: figure.value for figure in found.figures} == pytest.approx(
        {"unclear (confidence below 0.7), share": 0.5, "accuracy, unclear": 0.5, "accuracy, clear": 0.5}
    )


def test_a_side_without_answers_has_no_accuracy(examples: list[Example]) -> None:
    recipe = replace(tiny_recipe(), unclear_below={"sentiment": 0.51})
    (found,) = clarity_measurements(describe_tiny(examples, recipe), {"sentiment": LOGITS}, EXAMPLES)
    assert "accuracy, unclear" not in {figure.name for figure in found.figures}
    without = describe_tiny(examples, replace(tiny_recipe(), unclear_below={}))
    assert list(clarity_measurements(without, {"sentiment": LOGITS}, EXAMPLES)) == []
