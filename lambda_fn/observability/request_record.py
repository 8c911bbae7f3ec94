"""What is known about the current request."""

import os
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from starlette.types import Scope

from lambda_fn.errors import MEDIA_CODES
from lambda_fn.observability import metrics
from lambda_fn.observability.emf import Measurements
from model_bundle.prediction import Prediction

HEADER: Final = "x-request-id"
_KEY: Final = "request_record"
_SANE: Final = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")


@dataclass(slots=True)
class RequestRecord:
    """One request: every error and log line carries its id."""

    request_id: str
    status: int | None = None
    """HTTP status, once the response has begun."""
    code: str | None = None
    """The problem's code, if the response is a problem."""
    predictions: list[Prediction] = field(default_factory=list)
    """The predictions in the response: one, or several for a batch."""
    item_codes: list[str] = field(default_factory=list)
    """The codes of a batch's items that failed."""

    def per_model(self) -> dict[str, Prediction]:
        """Return one prediction of each model: its timing is that of all its items."""
        return {prediction.model: prediction for prediction in self.predictions}


def open_record(scope: Scope) -> RequestRecord:
    """Begin the record of a request."""
    record = RequestRecord(_request_id(scope))
    scope.setdefault("state", {})[_KEY] = record
    return record


def new_record() -> RequestRecord:
    """Return a record for what never became a request."""
    return RequestRecord(str(uuid4()))


def record_of(scope: Scope) -> RequestRecord:
    """Return the record of the request that `scope` belongs to."""
    record: RequestRecord = scope["state"][_KEY]
    return record


def _request_id(scope: Scope) -> str:
    """Return API Gateway's id, else Lambda's, else the caller's if it is short and plain, else a new one."""
    candidates = (_gateway_id(scope), _lambda_id(scope), _header_id(scope))
    return next((known for known in candidates if known), None) or str(uuid4())


def _gateway_id(scope: Scope) -> str | None:
    event: dict[str, Any] = scope.get("aws.event") or {}
    return _if_sane((event.get("requestContext") or {}).get("requestId"))


def _lambda_id(scope: Scope) -> str | None:
    return _if_sane(getattr(scope.get("aws.context"), "aws_request_id", None))


def _header_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name.lower() == HEADER.encode():
            return _if_sane(value.decode("latin-1"))
    return None


def _if_sane(value: Any) -> str | None:
    return value if isinstance(value, str) and _SANE.fullmatch(value) else None


def function_version() -> str:
    """Return the version of the function that this process runs, or `local`."""
    return os.environ.get("AWS_LAMBDA_FUNCTION_VERSION") or "local"


INTERNAL_SERVER_ERROR: Final = 500
UNMATCHED: Final = "unmatched"
"""Stands for every path that no route has: the paths themselves could be any number."""
TRUNCATED: Final = "text_truncated"


def request_metrics(record: RequestRecord, route: str | None, milliseconds: float) -> Measurements:
    """Gather the figures of a request that has been answered."""
    measured = Measurements()
    measured.add(metrics.REQUESTS, 1, route or UNMATCHED)
    measured.add(metrics.REQUEST_LATENCY, milliseconds, route or UNMATCHED)
    measured.add(metrics.SERVER_ERRORS, (record.status or 0) >= INTERNAL_SERVER_ERROR, function_version())
    for code in [*([record.code] if record.code else []), *record.item_codes]:
        measured.add(metrics.ERRORS, 1, code)
    for prediction in record.predictions:
        _add_prediction(measured, prediction)
    for model, prediction in record.per_model().items():
        for stage, spent in prediction.timing_ms.items():
            measured.add(metrics.STAGE_LATENCY, spent, model, stage)
        for modality, spent in prediction.encode_ms.items():
            measured.add(metrics.MODALITY_LATENCY, spent, model, modality)
    return measured


def _add_prediction(measured: Measurements, prediction: Prediction) -> None:
    model = prediction.model
    truncated = any(warning.code == TRUNCATED for warning in prediction.warnings)
    measured.add(metrics.PREDICTIONS, 1, model)
    measured.add(metrics.TEXT_TRUNCATED, truncated, model)
    for name, head in prediction.heads.items():
        measured.add(metrics.CONFIDENCE, head.confidence, model, name)
        measured.add(metrics.PREDICTED_CLASS, 1, model, name, head.label)
    for warning in prediction.warnings:
        if warning.code in MEDIA_CODES:
            measured.add(metrics.PICTURES_LEFT_OUT, 1, warning.code)
    for modality, present in prediction.modalities.items():
        measured.add(metrics.MODALITY_PRESENT, present, model, modality)
        measured.add(metrics.MODALITY_MISSING, not present, model, modality)


_STATUS: Final = Path("/proc/self/stat")
_START_FIELD: Final = 19
"""Place of the start time among the fields that follow the command's name in /proc/self/stat."""


class ColdStart:
    """Made when the service is ready; its first request is the one that waited for it."""

    def __init__(self) -> None:
        self._init_ms = process_age_ms()
        self._told = False
        self._used: set[tuple[str, str]] = set()

    def measure(self, measured: Measurements) -> bool:
        """Add the figures of the start to those of the first request; tell whether that request waited for it."""
        if self._told:
            return False
        self._told = True
        cold = not started_ahead()
        measured.add(metrics.COLD_STARTS, cold)
        measured.add(metrics.INIT_DURATION, self._init_ms)
        return cold

    def measure_first_uses(
        self, measured: Measurements, predictions: Iterable[Prediction], milliseconds: float
    ) -> None:
        """Add the request's time for each model and modality that it is the first of this process to use.

        Graphs and decoders are opened then, unless the process was warmed up.
        """
        for prediction in predictions:
            used = {(prediction.model, modality) for modality, present in prediction.modalities.items() if present}
            for model, modality in sorted(used - self._used):
                measured.add(metrics.FIRST_USE, milliseconds, model, modality)
            self._used |= used


def started_ahead() -> bool:
    """Whether Lambda started this process before any request needed it (provisioned concurrency)."""
    return os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "provisioned-concurrency"


def process_age_ms() -> float:
    """Return milliseconds since this process began, to 10; where the system doesn't say, those that it computed."""
    if not _STATUS.exists():
        return time.process_time() * 1000
    fields = _STATUS.read_text(encoding="utf-8").rpartition(")")[2].split()
    started = int(fields[_START_FIELD]) / os.sysconf("SC_CLK_TCK")
    return (time.clock_gettime(time.CLOCK_BOOTTIME) - started) * 1000
