import numpy as np

from model_export.export import baseline_shares


def test_shares_are_those_of_the_answers() -> None:
    logits = np.array([[0.1, 0.9, 0], [2, 1, 0], [0, 1, 0], [0, 3, 1]], np.float32)
    assert baseline_shares(logits, ("a", "b", "c")) == {"a": 0.25, "b": 0.75, "c": 0.0}
