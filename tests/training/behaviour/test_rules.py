from typing import Any

import pytest

from training.behaviour.answers import Answer
from training.behaviour.rules import fails
from training.behaviour.suite import BehaviourTest

PAIR: Any = ("a", "b")


def answer(score: float) -> Answer:
    """An answer of two classes."""
    return Answer({"negative": (1 - score) / 2, "positive": (1 + score) / 2})


def expecting(*labels: Any) -> BehaviourTest:
    return BehaviourTest(name="x", kind="minimum functionality", cases=1, templates=("a",), expected=labels)


INVARIANCE = BehaviourTest(name="x", kind="invariance", cases=1, templates=(PAIR,), tolerance=0.2)
NEVER_UP = BehaviourTest(name="x", kind="direction", cases=1, templates=(PAIR,), never="more positive")
NEVER_DOWN = BehaviourTest(name="x", kind="direction", cases=1, templates=(PAIR,), never="more negative")


@pytest.mark.parametrize(
    ("test", "scores", "failed"),
    [
        (expecting("positive"), [0.1], False),
        (expecting("positive"), [-0.1], True),
        (expecting("neutral", "positive"), [-0.1], False),  # unsure
        (expecting("neutral", "positive"), [-0.5], True),
        (expecting("neutral"), [0.9], True),
        (INVARIANCE, [0.1, 0.29], False),
        (INVARIANCE, [0.1, -0.11], True),
        (INVARIANCE, [0.0, 0.1, -0.15], True),
        (NEVER_UP, [0.0, 0.09], False),
        (NEVER_UP, [0.0, 0.11], True),
        (NEVER_UP, [0.0, -0.9], False),
        (NEVER_DOWN, [0.0, -0.11], True),
        (NEVER_DOWN, [0.0, 0.9], False),
    ],
)
def test_what_fails(test: BehaviourTest, scores: list[float], failed: bool) -> None:
    assert fails(test, [answer(score) for score in scores]) == failed


def test_three_classes_must_name_the_label() -> None:
    unsure = Answer({"negative": 0.34, "neutral": 0.32, "positive": 0.34})
    assert fails(expecting("neutral"), [unsure])
    assert not fails(expecting("negative"), [unsure])


@pytest.mark.parametrize("test", [expecting("neutral"), INVARIANCE, NEVER_UP])
def test_no_answer_is_a_failure(test: BehaviourTest) -> None:
    assert fails(test, [answer(0.0), None])
