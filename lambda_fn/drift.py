"""What AWS Lambda calls once a day: how far the last day's answers are from those to the validation data."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from lambda_fn import metrics
from lambda_fn.class_counts import class_counts
from lambda_fn.measurements import Measurements
from lambda_fn.psi import population_stability_index
from lambda_fn.request_log import LOGGER, configure_logging
from lambda_fn.request_metrics import MEASURED_HEAD
from lambda_fn.settings import Settings, read_settings
from model_bundle.folder import read_specs
from model_bundle.spec import BundleSpec, HeadSpec

PERIOD: Final = timedelta(days=1)


def handler(event: dict[str, Any], context: Any) -> dict[str, float]:  # noqa: ARG001  # Lambda's signature
    """Publish each model's drift, and return it; a model without enough answers, or without a baseline, has none."""
    settings = read_settings()
    configure_logging(settings.log_level)
    until = datetime.now(UTC)
    client = _cloudwatch()
    found: dict[str, float] = {}
    measured = Measurements()
    for name, spec in read_specs(settings.models).items():
        head = _measured_head(spec)
        counts = class_counts(client, name, head.labels, until - PERIOD, until)
        drift = drift_of(head, counts, settings)
        _log(name, counts, drift)
        if drift is not None:
            found[name] = drift
            measured.add(metrics.CLASS_SHARE_DRIFT, drift, name)
    measured.emit()
    return found


def drift_of(head: HeadSpec, counts: Mapping[str, float], settings: Settings) -> float | None:
    """Return the population stability index; None where there is nothing to compare."""
    total = sum(counts.values())
    if head.baseline_shares is None or total < settings.least_drift_predictions:
        return None
    return population_stability_index(head.baseline_shares, {label: count / total for label, count in counts.items()})


def _measured_head(spec: BundleSpec) -> HeadSpec:
    return next(head for head in spec.heads if head.name == MEASURED_HEAD)


def _log(model: str, counts: Mapping[str, float], drift: float | None) -> None:
    outcome = "drift" if drift is not None else "no drift figure: too few predictions, or a bundle without a baseline"
    LOGGER.info(outcome, extra={"model": model, "counts": dict(counts), "drift": drift})


def _cloudwatch() -> Any:
    import boto3  # only this function needs it; it comes with Lambda's base image

    return boto3.client("cloudwatch")
