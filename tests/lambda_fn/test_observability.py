"""What the handler writes under Lambda's real runtime client: metrics, log lines, and nothing of what was sent."""

from pathlib import Path

import pytest

from lambda_fn.observability import metrics
from tests.lambda_fn.metric_lines import Figure, figures, log_lines, total
from tests.lambda_fn.traffic import MARKER, REQUESTS, written_under_traffic

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def output(models_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return written_under_traffic(models_folder, tmp_path_factory.mktemp("lambda") / "log")


@pytest.fixture(scope="module")
def found(output: str) -> list[Figure]:
    return figures(output)


def test_every_metric_is_emitted_with_its_names_and_unit(found: list[Figure]) -> None:
    emitted = {figure.name: {name for name, _ in figure.dimensions} for figure in found}
    assert emitted == {
        name: set(names) for name, names in metrics.DIMENSIONS.items() if name != metrics.CLASS_SHARE_DRIFT
    }
    for figure in found:
        assert figure.namespace == metrics.NAMESPACE
        assert figure.unit == metrics.UNITS[figure.name]
        assert {name for name, _ in figure.dimensions} == set(metrics.DIMENSIONS[figure.name])
        assert (metrics.SERVICE_DIMENSION, metrics.SERVICE) in figure.dimensions


def test_dimensions_have_few_values(found: list[Figure]) -> None:
    values = {(name, value) for figure in found for name, value in figure.dimensions}
    by_name = {key: {value for name, value in values if name == key} for key, _ in values}
    assert by_name == {
        "service": {"valence"},
        "deployment": {"local"},
        "version": {"local"},
        "route": {"/v1/predict", "/v1/predict/batch", "/invocations", "/ping", "unmatched"},
        "code": {
            "invalid_request",
            "invalid_json",
            "unknown_model",
            "not_found",
            "method_not_allowed",
            "nothing_to_predict",
            "media_unread",
        },
        "model": {"reviews"},
        "head": {"sentiment"},
        "label": {"negative", "positive"},
        "modality": {"text", "metadata"},
        "stage": {"read", "encode", "fuse"},
    }


def test_what_is_counted_adds_up(found: list[Figure]) -> None:
    assert total(found, metrics.REQUESTS) == len(REQUESTS)
    assert total(found, metrics.REQUESTS, route="/v1/predict") == 9
    assert total(found, metrics.PREDICTIONS, model="reviews") == total(found, metrics.PREDICTED_CLASS) == 7
    assert total(found, metrics.PREDICTED_CLASS, label="negative") >= 1
    assert total(found, metrics.TEXT_TRUNCATED) == 1
    assert total(found, metrics.MODALITY_MISSING, modality="text") == 1
    assert total(found, metrics.MODALITY_PRESENT, modality="text") == 6
    assert total(found, metrics.ERRORS, code="invalid_request") == 2
    assert total(found, metrics.PICTURES_LEFT_OUT, code="media_unread") == 1
    assert total(found, metrics.ERRORS, code="media_unread") == 1
    assert total(found, metrics.COLD_STARTS) == 1
    assert 0 < total(found, metrics.INIT_DURATION) < 60_000
    confidences = [value for figure in found if figure.name == metrics.CONFIDENCE for value in figure.values]
    assert len(confidences) == 7
    assert all(0.5 <= value <= 1 for value in confidences)


def test_each_request_is_one_log_line_with_its_id(output: str) -> None:
    lines = log_lines(output)
    assert len(lines) == len(REQUESTS)
    assert {line["request_id"] for line in lines} == {"gateway-request-id"}
    assert [line["cold_start"] for line in lines] == [True] + [False] * (len(REQUESTS) - 1)
    assert lines[0].keys() == {
        "level",
        "message",
        "timestamp",
        "service",
        "method",
        "path",
        "status",
        "duration_ms",
        "request_id",
        "model",
        "cold_start",
    }


def test_nothing_that_was_sent_is_written(output: str) -> None:
    assert MARKER not in output
