"""What dashboards and alarms watch is what the handlers write: the template beside lines that were really emitted."""

from pathlib import Path

import pytest

from lambda_fn.observability import metrics
from lambda_fn.observability.drift import handler as check_drift
from model_bundle.folder import read_spec, write_spec
from tests.cdk.dashboards import watched
from tests.cdk.synthesis import synthesise
from tests.lambda_fn.metric_lines import figures
from tests.lambda_fn.traffic import written_under_traffic
from tests.tiny_bundle import write_tiny_bundle

pytestmark = pytest.mark.slow

Kind = tuple[str, str, frozenset[str]]
"""Namespace, name and the names of the dimensions: what CloudWatch finds a metric by, but for their values."""


def _kinds(output: str) -> set[Kind]:
    return {
        (figure.namespace, figure.name, frozenset(name for name, _ in figure.dimensions)) for figure in figures(output)
    }


class _Counts:
    """Stands for CloudWatch: every label was answered 500 times."""

    def get_paginator(self, operation: str) -> "_Counts":
        assert operation == "get_metric_data"
        return self

    def paginate(self, MetricDataQueries: list[dict[str, str]], **period: object) -> list[dict[str, object]]:  # noqa: N803
        return [{"MetricDataResults": [{"Id": query["Id"], "Values": [500.0]} for query in MetricDataQueries]}]


@pytest.fixture
def written_by_drift(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    folder = write_tiny_bundle(tmp_path / "models")
    spec = read_spec(folder)
    (head,) = spec.heads
    based = head.model_copy(update={"baseline_shares": dict.fromkeys(head.labels, 0.5)})
    write_spec(folder, spec.model_copy(update={"heads": (based,)}))
    monkeypatch.setenv("VALENCE_MODELS", str(folder.parent))
    monkeypatch.setattr("lambda_fn.observability.drift._cloudwatch", _Counts)
    check_drift({}, None)
    return capsys.readouterr().out


def test_every_metric_that_is_watched_is_emitted(models_folder: Path, tmp_path: Path, written_by_drift: str) -> None:
    emitted = _kinds(written_under_traffic(models_folder, tmp_path / "log")) | _kinds(written_by_drift)
    seen = {
        (found.namespace, found.name, frozenset(found.dimensions))
        for found in watched(synthesise(tmp_path / "cdk.out"))
        if found.namespace == metrics.NAMESPACE
    }
    assert len(seen) > 10
    assert seen <= emitted
