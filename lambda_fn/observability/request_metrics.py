"""What one request is worth measuring."""

from typing import Final

from lambda_fn.errors import MEDIA_CODES
from lambda_fn.observability import metrics
from lambda_fn.observability.emf import Measurements
from lambda_fn.observability.request_record import RequestRecord
from model_bundle.prediction import Prediction

UNMATCHED: Final = "unmatched"
"""Stands for every path that no route has: the paths themselves could be any number."""
MEASURED_HEAD: Final = "sentiment"
TRUNCATED: Final = "text_truncated"


def request_metrics(record: RequestRecord, route: str | None, milliseconds: float) -> Measurements:
    """Gather the figures of a request that has been answered."""
    measured = Measurements()
    measured.add(metrics.REQUESTS, 1, route or UNMATCHED)
    measured.add(metrics.REQUEST_LATENCY, milliseconds, route or UNMATCHED)
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
    head = prediction.heads[MEASURED_HEAD]
    truncated = any(notice.code == TRUNCATED for notice in prediction.warnings)
    measured.add(metrics.PREDICTIONS, 1, model)
    measured.add(metrics.CONFIDENCE, head.confidence, model)
    measured.add(metrics.TEXT_TRUNCATED, truncated, model)
    measured.add(metrics.PREDICTED_CLASS, 1, model, head.label)
    for notice in prediction.warnings:
        if notice.code in MEDIA_CODES:
            measured.add(metrics.PICTURES_LEFT_OUT, 1, notice.code)
    for modality, present in prediction.modalities.items():
        measured.add(metrics.MODALITY_PRESENT, present, model, modality)
        measured.add(metrics.MODALITY_MISSING, not present, model, modality)
