import subprocess
import sys
import time

import pytest

from lambda_fn.observability import metrics
from lambda_fn.observability.emf import Measurements
from lambda_fn.observability.request_record import ColdStart
from model_bundle import Item, Predictor
from tests.lambda_fn.metric_lines import figures, total

AGE = (
    "import time; time.sleep(0.5); "
    "from lambda_fn.observability.request_record import process_age_ms; print(process_age_ms())"
)


def _told(capsys: pytest.CaptureFixture[str]) -> list[float]:
    cold_start = ColdStart()
    measured = Measurements()
    for _ in range(2):
        cold_start.measure(measured)
    measured.emit()
    found = figures(capsys.readouterr().out)
    return [total(found, metrics.COLD_STARTS), total(found, metrics.INIT_DURATION)]


def test_a_start_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    cold, milliseconds = _told(capsys)
    assert cold == 1
    assert milliseconds > 0


def test_where_a_process_was_started_ahead_no_request_waited(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "provisioned-concurrency")
    assert _told(capsys)[0] == 0


@pytest.mark.slow
def test_the_age_is_that_of_the_process() -> None:
    before = time.perf_counter()
    age = float(subprocess.check_output([sys.executable, "-c", AGE]))
    assert 500 <= age <= (time.perf_counter() - before) * 1000 + 20


def test_the_first_use_of_each_models_modality_is_measured(
    capsys: pytest.CaptureFixture[str], predictor: Predictor
) -> None:
    cold_start = ColdStart()
    measured = Measurements()
    for item in (Item(text="good"), Item(text="bad"), Item(text="good", year=1994)):
        cold_start.measure_first_uses(measured, [predictor.predict(item)], 7)
    measured.emit()
    found = figures(capsys.readouterr().out)
    assert total(found, metrics.FIRST_USE, modality="text") == 7
    assert total(found, metrics.FIRST_USE, modality="metadata") == 7
