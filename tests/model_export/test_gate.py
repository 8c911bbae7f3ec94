import numpy as np
import pytest

from model_bundle import Item
from model_export.gate import Comparison, compare
from training.datasets import Example
from training.fitting.inference import Logits

N = 1000
LABELS = {"sentiment": ("negative", "positive")}
EXAMPLES = [Example(str(row), Item("x"), {"sentiment": "positive"}, "0") for row in range(N)]


def logits(wrong: int, start: int = 0) -> Logits:
    """Return logits that are right but for so many rows."""
    values = np.tile(np.array([0, 1], np.float32), (N, 1))
    values[start : start + wrong] = [1, 0]
    return {"sentiment": values}


@pytest.mark.parametrize(
    ("before", "after", "agreement", "loss", "passes"),
    [
        (logits(0), logits(0), 1, 0, True),
        (logits(0), logits(1), 0.999, 0.001, True),
        (logits(0), logits(3), 0.997, 0.003, False),
        (logits(2), logits(3, start=2), 0.995, 0.001, True),
        (logits(6), logits(6, start=6), 0.988, 0, False),
        (logits(4), logits(0), 0.996, -0.004, True),
    ],
)
def test_what_passes(before: Logits, after: Logits, agreement: float, loss: float, passes: bool) -> None:
    comparison = compare(before, after, EXAMPLES, LABELS)
    assert [comparison.agreement, comparison.accuracy_loss] == pytest.approx([agreement, loss])
    assert comparison.passes is passes


def test_the_worst_head_counts() -> None:
    both = {"sentiment": logits(0)["sentiment"], "mood": logits(500)["sentiment"]}
    comparison = compare(
        {"sentiment": both["sentiment"], "mood": both["sentiment"]},
        both,
        EXAMPLES,
        LABELS | {"mood": ("calm", "tense")},
    )
    assert comparison.agreement == 0.5


def test_no_number_passes_no_gate() -> None:
    assert not Comparison(float("nan"), 0).passes
    assert not Comparison(1, float("nan")).passes
