from collections import Counter

from model_bundle import Item
from training.datasets import Example
from training.datasets.drawing import drawn

LABELS = ("a", "b", "b", "b", "a", "b", "b", "b", "b")
EXAMPLES = [Example(str(row), Item(), {"head": label}, str(row)) for row, label in enumerate(LABELS)]


def test_all_is_the_whole_in_order() -> None:
    assert drawn(EXAMPLES, None, None, 0) == EXAMPLES


def test_at_most_so_many_are_drawn_in_order_and_by_the_seed() -> None:
    first = drawn(EXAMPLES, 4, None, 0)
    assert len(first) == 4
    assert first == sorted(first, key=lambda example: int(example.identifier))
    assert first == drawn(EXAMPLES, 4, None, 0)
    assert any(drawn(EXAMPLES, 4, None, seed) != first for seed in range(1, 5))


def test_labels_are_drawn_evenly_and_what_has_none_is_left_out() -> None:
    examples = [*EXAMPLES, Example("x", Item(), {}, "x")]
    assert Counter(example.labels["head"] for example in drawn(examples, None, "head", 0)) == {"a": 2, "b": 2}
    assert Counter(example.labels["head"] for example in drawn(examples, 2, "head", 1)) == {"a": 1, "b": 1}
