import numpy as np
import pytest
from numpy.typing import NDArray

from model_bundle.graphs.graph import calibrated_probabilities
from training.evaluation.metrics import expected_calibration_error
from training.fitting.batches import UNLABELLED
from training.fitting.calibration import HIGHEST, LOWEST, fit_temperature


def sample(temperature: float, labels: int = 3, n: int = 20_000) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Draw classes from the logits' softmax, then scale the logits by a temperature."""
    generator = np.random.default_rng(0)
    logits = generator.normal(0, 2, (n, labels))
    noise = generator.gumbel(size=logits.shape)
    return (logits * temperature).astype(np.float32), (logits + noise).argmax(axis=1)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
def test_a_known_temperature_is_found(temperature: float) -> None:
    assert fit_temperature(*sample(temperature)) == pytest.approx(temperature, rel=0.03)


def test_calibration_mends_confidence() -> None:
    logits, targets = sample(3.0, labels=2)
    before = expected_calibration_error(calibrated_probabilities(logits, 1), targets)
    after = expected_calibration_error(calibrated_probabilities(logits, fit_temperature(logits, targets)), targets)
    assert before > 0.05
    assert after < 0.02


def test_unlabelled_examples_do_not_count() -> None:
    logits, targets = sample(2.0, n=500)
    more = np.concatenate([logits, logits + 5]), np.concatenate([targets, np.full(500, UNLABELLED)])
    assert fit_temperature(*more) == pytest.approx(fit_temperature(logits, targets))


@pytest.mark.parametrize("right", [True, False])
def test_a_model_that_is_always_or_never_right_has_a_usable_temperature(right: bool) -> None:
    targets = np.array([0, 1] * 20)
    logits = np.where(targets[:, None] == np.arange(2), 2.0, -2.0).astype(np.float32)
    temperature = fit_temperature(logits if right else -logits, targets)
    assert LOWEST <= temperature <= HIGHEST
    assert np.isfinite(calibrated_probabilities(logits, temperature)).all()
