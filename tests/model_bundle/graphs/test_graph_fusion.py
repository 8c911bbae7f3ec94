import numpy as np
import pytest

from model_bundle.graphs.graph import calibrated_probabilities


def test_probabilities_sum_to_one() -> None:
    logits = np.array([[1, 2, 3], [-100, 0, 700]], np.float32)
    assert calibrated_probabilities(logits, 1.0).sum(axis=1) == pytest.approx([1, 1])


def test_temperature_one_is_the_softmax() -> None:
    logits = np.log(np.array([[1, 3]], np.float32))
    assert calibrated_probabilities(logits, 1.0)[0] == pytest.approx([0.25, 0.75])


def test_a_higher_temperature_is_less_sure_of_the_same_label() -> None:
    logits = np.array([[0, 2]], np.float32)
    sharp, soft = (calibrated_probabilities(logits, temperature)[0] for temperature in (1.0, 4.0))
    assert 0.5 < soft[1] < sharp[1]
