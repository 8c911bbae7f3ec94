"""The drift function on moto's CloudWatch, through the real boto3 client."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from lambda_fn.observability import metrics
from lambda_fn.observability.drift import handler
from lambda_fn.observability.request_log import LogFormat
from model_bundle.folder import read_spec, write_spec
from model_bundle.spec import BundleSpec
from tests.lambda_fn.metric_lines import figures, log_lines
from tests.tiny_bundle import write_tiny_bundle

BASELINE = {"negative": 0.5, "positive": 0.5}
Put = Callable[..., None]


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> Iterator[Put]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        client = boto3.client("cloudwatch")

        def put_counts(
            hours_ago: float = 2, model: str = "reviews", deployment: str = "local", **counts: float
        ) -> None:
            for label, count in counts.items():
                client.put_metric_data(
                    Namespace=metrics.NAMESPACE, MetricData=[_datum(model, label, count, hours_ago, deployment)]
                )

        yield put_counts


def _datum(model: str, label: str, count: float, hours_ago: float, deployment: str) -> dict[str, Any]:
    dimensions = {
        "service": metrics.SERVICE,
        "deployment": deployment,
        "model": model,
        "head": "sentiment",
        "label": label,
    }
    return {
        "MetricName": metrics.PREDICTED_CLASS,
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        "Timestamp": datetime.now(UTC) - timedelta(hours=hours_ago),
        "Value": count,
        "Unit": "Count",
    }


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = write_tiny_bundle(tmp_path)
    write_spec(folder, _with_baseline(read_spec(folder), BASELINE))
    monkeypatch.setenv("VALENCE_MODELS", str(tmp_path))
    return tmp_path


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    stream = StringIO()
    (own,) = [known for known in logging.getLogger(metrics.SERVICE).handlers if isinstance(known.formatter, LogFormat)]
    monkeypatch.setattr(own, "stream", stream)
    return stream


def _with_baseline(spec: BundleSpec, shares: dict[str, float] | None) -> BundleSpec:
    (head,) = spec.heads
    return spec.model_copy(update={"heads": (head.model_copy(update={"baseline_shares": shares}),)})


def test_a_days_answers_are_compared_with_the_baseline(
    put: Put, models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(negative=100, positive=300)
    put(hours_ago=20, negative=50, positive=150)
    assert handler({}, None) == {"reviews": {"sentiment": pytest.approx(0.2746531)}}
    (figure,) = figures(capsys.readouterr().out)
    assert (figure.namespace, figure.name, figure.unit) == ("Valence", "ClassShareDrift", "None")
    assert figure.dimensions == {
        ("service", "valence"),
        ("deployment", "local"),
        ("model", "reviews"),
        ("head", "sentiment"),
    }
    assert figure.values[0] == pytest.approx(0.2746531)


def test_only_the_last_day_this_model_and_this_deployment_count(put: Put, models: Path) -> None:
    put(negative=100, positive=100)
    put(hours_ago=30, negative=5000)
    put(model="others", negative=5000)
    put(deployment="Valence-dev", negative=5000)
    assert handler({}, None) == {"reviews": {"sentiment": pytest.approx(0.0)}}


def test_too_few_answers_give_no_figure(
    put: Put, models: Path, capsys: pytest.CaptureFixture[str], written: StringIO
) -> None:
    put(negative=99)
    assert handler({}, None) == {}
    assert not figures(capsys.readouterr().out)
    (line,) = log_lines(written.getvalue())
    assert line["message"].startswith("no drift figure: too few predictions")
    assert (line["model"], line["counts"]) == ("reviews", {"negative": 99.0, "positive": 0.0})


def test_a_label_that_was_never_answered_is_drift(put: Put, models: Path) -> None:
    put(positive=1000)
    assert handler({}, None)["reviews"]["sentiment"] > 4


def test_a_bundle_without_a_baseline_gives_no_figure(put: Put, models: Path) -> None:
    write_spec(models / "reviews", _with_baseline(read_spec(models / "reviews"), None))
    put(negative=1000)
    assert handler({}, None) == {}
