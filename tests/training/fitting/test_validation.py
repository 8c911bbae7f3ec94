import numpy as np
import pytest

from model_bundle import Item
from training.datasets import Example
from training.fitting.batches import FeatureSet
from training.fitting.validation import validation_figures, validation_score

LABELS = {"sentiment": ("negative", "positive"), "mood": ("calm", "tense", "gay")}
EXAMPLES = [
    Example("0", Item(), {"sentiment": "positive", "mood": "calm"}, "0"),
    Example("1", Item(), {"sentiment": "negative", "mood": "gay"}, "1"),
    Example("2", Item(), {"sentiment": "negative"}, "2"),
]
LOGITS = {
    "sentiment": np.zeros((3, 2), np.float32),
    "mood": np.array([[9, 0, 0], [0, 0, 9], [0, 9, 0]], np.float32),
}


def test_figures_are_averaged_over_heads_and_unlabelled_items_do_not_count() -> None:
    figures = validation_figures(LOGITS, FeatureSet(EXAMPLES, {}, LABELS))
    assert figures == {
        "loss": pytest.approx(np.log(2) / 2, abs=1e-3),
        "accuracy": pytest.approx((2 / 3 + 1) / 2),
        "macro_f1": pytest.approx((0.8 / 2 + 1) / 2),
    }


def test_of_the_loss_less_is_better() -> None:
    figures = {"loss": 0.3, "accuracy": 0.9, "macro_f1": 0.8}
    scores = [validation_score(figures, monitor) for monitor in ("loss", "accuracy", "macro_f1")]
    assert scores == [-0.3, 0.9, 0.8]
