import numpy as np
import pytest
from numpy.typing import NDArray

from training.evaluation.metrics import (
    ROC_POINTS,
    expected_calibration_error,
    head_metrics,
    reliability,
    roc_auc,
    roc_points,
)

LABELS = ("negative", "positive")
POSITIVE = np.array([0.9, 0.8, 0.3, 0.6, 0.2, 0.1])
TARGETS = np.array([1, 1, 1, 0, 0, 0])


def two(positive: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([1 - positive, positive], axis=1)


def test_a_case_worked_out_by_hand() -> None:
    figures = head_metrics(two(POSITIVE), TARGETS, LABELS)
    assert figures["n"] == 6
    assert figures["confusion"] == [[2, 1], [1, 2]]
    assert figures["accuracy"] == figures["precision"] == figures["recall"] == pytest.approx(2 / 3)
    assert figures["macro_f1"] == figures["weighted_f1"] == pytest.approx(2 / 3)
    assert figures["majority_accuracy"] == 0.5
    assert figures["roc_auc"] == pytest.approx(8 / 9)
    assert figures["per_class"]["positive"] == pytest.approx(
        {"precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3, "support": 3}
    )


def test_confusion_has_true_classes_as_rows_and_averages_weigh_as_said() -> None:
    always_positive = two(np.full(4, 0.9))
    figures = head_metrics(always_positive, np.array([0, 0, 0, 1]), LABELS)
    assert figures["confusion"] == [[0, 3], [0, 1]]
    assert figures["per_class"]["negative"] == {"precision": 0, "recall": 0, "f1": 0, "support": 3}
    assert figures["per_class"]["positive"] == pytest.approx({"precision": 0.25, "recall": 1, "f1": 0.4, "support": 1})
    assert (figures["precision"], figures["recall"]) == (0.125, 0.5)
    assert (figures["macro_f1"], figures["weighted_f1"]) == (pytest.approx(0.2), pytest.approx(0.1))
    assert figures["majority_accuracy"] == 0.75


def test_a_class_that_is_missing_has_no_area() -> None:
    figures = head_metrics(two(POSITIVE), np.ones(6, np.int64), LABELS)
    assert figures["roc_auc"] is None
    assert figures["roc"] == {}
    assert figures["confusion"] == [[0, 0], [3, 3]]
    assert figures["majority_accuracy"] == 1


def test_the_area_of_chance_and_of_perfection() -> None:
    assert roc_auc(two(TARGETS.astype(float)), TARGETS) == 1
    assert roc_auc(two(np.full(6, 0.5)), TARGETS) == 0.5
    assert roc_auc(two(1 - TARGETS.astype(float)), TARGETS) == 0


def test_several_classes_are_averaged_one_against_the_rest() -> None:
    probabilities = np.array([[0.8, 0.1, 0.1], [0.2, 0.5, 0.3], [0.5, 0.3, 0.2], [0.1, 0.1, 0.8]])
    targets = np.array([0, 1, 2, 2])
    figures = head_metrics(probabilities, targets, ("a", "b", "c"))
    # a: 3 of 3 pairs in order; b: 3 of 3; c: 0.2 against 0.1 and 0.3, 0.8 against both: 3 of 4
    assert figures["roc_auc"] == pytest.approx((1 + 1 + 3 / 4) / 3)
    assert figures["roc"].keys() == {"a", "b", "c"}
    assert figures["confusion"] == [[1, 0, 0], [0, 1, 0], [1, 0, 1]]


def test_the_curve_goes_from_corner_to_corner_in_few_points() -> None:
    generator = np.random.default_rng(0)
    curve = roc_points(two(generator.random(5000)), generator.integers(0, 2, 5000), LABELS)["positive"]
    assert (curve[0], curve[-1]) == ([0, 0], [1, 1])
    assert len(curve) == ROC_POINTS
    assert np.all(np.diff(np.array(curve), axis=0) >= 0)


def test_confidence_that_is_right_as_often_as_it_says_has_no_error() -> None:
    positive = np.repeat([0.8, 0.6], 10)
    targets = np.array([1] * 8 + [0] * 2 + [1] * 6 + [0] * 4)
    assert expected_calibration_error(two(positive), targets) == pytest.approx(0)


def test_confidence_that_is_too_high_has_the_distance_as_its_error() -> None:
    targets = np.array([1] * 6 + [0] * 4)
    assert expected_calibration_error(two(np.full(10, 0.95)), targets) == pytest.approx(0.35)


def test_bins_are_weighed_by_their_examples() -> None:
    positive = np.array([1.0, 1.0, 1.0, 0.7])
    targets = np.array([1, 1, 0, 1])
    assert reliability(two(positive), targets).tolist() == [
        pytest.approx([0.7, 1, 1]),
        pytest.approx([1, 2 / 3, 3]),
    ]
    assert expected_calibration_error(two(positive), targets) == pytest.approx(0.25 * 0.3 + 0.75 / 3)
