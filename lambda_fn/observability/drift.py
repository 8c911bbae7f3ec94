"""What AWS Lambda calls once a day: how far the last day's answers are from those to the validation data."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import log
from typing import Any, Final

from lambda_fn.observability import metrics
from lambda_fn.observability.emf import Measurements, configure_metrics, deployment
from lambda_fn.observability.request_log import LOGGER, configure_logging
from lambda_fn.settings import Settings, read_settings
from model_bundle.folder import read_specs
from model_bundle.spec import HeadSpec

MIN_SHARE: Final = 0.0001
"""Stands for a share of none, whose logarithm there isn't."""


def population_stability_index(baseline: Mapping[str, float], actual: Mapping[str, float]) -> float:
    """Return the sum over labels of (actual - baseline) * ln(actual / baseline), of shares that each sum to 1.

    By custom, below 0.1 is little, from 0.25 on is much (Siddiqi 2006, "Credit Risk Scorecards").
    """
    labels = baseline.keys() | actual.keys()
    return sum(_term(baseline.get(label, 0.0), actual.get(label, 0.0)) for label in labels)


def _term(baseline: float, actual: float) -> float:
    expected, found = max(baseline, MIN_SHARE), max(actual, MIN_SHARE)
    return (found - expected) * log(found / expected)


METRIC_PERIOD: Final = timedelta(hours=1)


def class_counts(
    client: Any, model: str, head: str, labels: Sequence[str], since: datetime, until: datetime
) -> dict[str, float]:
    """Sum the metric `PredictedClass` of each label of a head; `client` is boto3's for CloudWatch."""
    queries = [_query(f"label{number}", model, head, label) for number, label in enumerate(labels)]
    counts = dict.fromkeys(labels, 0.0)
    pages = client.get_paginator("get_metric_data").paginate(MetricDataQueries=queries, StartTime=since, EndTime=until)
    for page in pages:
        for result in page["MetricDataResults"]:
            counts[labels[int(result["Id"].removeprefix("label"))]] += sum(result["Values"])
    return counts


def _query(name: str, model: str, head: str, label: str) -> dict[str, Any]:
    values = {
        metrics.SERVICE_DIMENSION: metrics.SERVICE,
        metrics.DEPLOYMENT: deployment(),
        metrics.MODEL: model,
        metrics.HEAD: head,
        metrics.LABEL: label,
    }
    metric = {
        "Namespace": metrics.NAMESPACE,
        "MetricName": metrics.PREDICTED_CLASS,
        "Dimensions": [{"Name": key, "Value": values[key]} for key in metrics.DIMENSIONS[metrics.PREDICTED_CLASS]],
    }
    stat = {"Metric": metric, "Period": int(METRIC_PERIOD.total_seconds()), "Stat": "Sum"}
    return {"Id": name, "MetricStat": stat, "ReturnData": True}


PERIOD: Final = timedelta(days=1)


def handler(event: dict[str, Any], context: Any) -> dict[str, dict[str, float]]:  # noqa: ARG001  # Lambda's signature
    """Publish the drift of each model's heads, and return it by model and head.

    A head with too few predictions, or without a baseline, has none.
    """
    settings = read_settings()
    configure_logging(settings.log_level)
    configure_metrics(settings.deployment, lean=settings.lean_metrics)
    until = datetime.now(UTC)
    client = _cloudwatch()
    found: dict[str, dict[str, float]] = {}
    measured = Measurements()
    for name, spec in read_specs(settings.models).items():
        for head in spec.heads:
            counts = class_counts(client, name, head.name, head.labels, until - PERIOD, until)
            drift = drift_of(head, counts, settings)
            _log(name, head.name, counts, drift)
            if drift is not None:
                found.setdefault(name, {})[head.name] = drift
                measured.add(metrics.CLASS_SHARE_DRIFT, drift, name, head.name)
    measured.emit()
    return found


def drift_of(head: HeadSpec, counts: Mapping[str, float], settings: Settings) -> float | None:
    """Return the population stability index; None where there is nothing to compare."""
    total = sum(counts.values())
    if head.baseline_shares is None or total < settings.min_drift_predictions:
        return None
    return population_stability_index(head.baseline_shares, {label: count / total for label, count in counts.items()})


def _log(model: str, head: str, counts: Mapping[str, float], drift: float | None) -> None:
    outcome = "drift" if drift is not None else "no drift figure: too few predictions, or a bundle without a baseline"
    LOGGER.info(outcome, extra={"model": model, "head": head, "counts": dict(counts), "drift": drift})


def _cloudwatch() -> Any:
    import boto3  # only this function needs it; it comes with Lambda's base image

    return boto3.client("cloudwatch")
