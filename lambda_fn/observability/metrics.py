"""Names of everything the service measures: what is emitted here is what dashboards and alarms read.

Every metric has the dimensions `service` and `deployment`; `DIMENSIONS` adds what else it has. Dimensions have few
values: route templates, known error codes, model names, heads, labels. Imports nothing heavy: the infrastructure
reads it too.
"""

from collections.abc import Mapping
from typing import Final, Literal

NAMESPACE: Final = "Valence"
SERVICE: Final = "valence"

SERVICE_DIMENSION: Final = "service"
DEPLOYMENT: Final = "deployment"
"""The stack's name: two stacks in one account share no figures."""
COMMON: Final = (SERVICE_DIMENSION, DEPLOYMENT)
VERSION: Final = "version"
"""Lambda's number of the function's version."""
ROUTE: Final = "route"
CODE: Final = "code"
MODEL: Final = "model"
HEAD: Final = "head"
LABEL: Final = "label"
STAGE: Final = "stage"
MODALITY: Final = "modality"

REQUESTS: Final = "Requests"
ERRORS: Final = "Errors"
SERVER_ERRORS: Final = "ServerErrors"
REQUEST_LATENCY: Final = "RequestLatency"
FIRST_USE: Final = "FirstUse"
COLD_STARTS: Final = "ColdStarts"
INIT_DURATION: Final = "InitDuration"
PREDICTIONS: Final = "Predictions"
CONFIDENCE: Final = "Confidence"
PREDICTED_CLASS: Final = "PredictedClass"
STAGE_LATENCY: Final = "StageLatency"
MODALITY_LATENCY: Final = "ModalityLatency"
MODALITY_PRESENT: Final = "ModalityPresent"
MODALITY_MISSING: Final = "ModalityMissing"
TEXT_TRUNCATED: Final = "TextTruncated"
PICTURES_LEFT_OUT: Final = "PicturesLeftOut"
CLASS_SHARE_DRIFT: Final = "ClassShareDrift"

STAGES: Final = ("queue", "fetch", "decode", "read", "encode", "fuse", "explain", "segments")
"""What `stage` may be."""

Unit = Literal["Count", "Milliseconds", "None"]

DIMENSIONS: Final[Mapping[str, tuple[str, ...]]] = {
    REQUESTS: (*COMMON, ROUTE),
    ERRORS: (*COMMON, CODE),
    SERVER_ERRORS: (*COMMON, VERSION),
    REQUEST_LATENCY: (*COMMON, ROUTE),
    FIRST_USE: (*COMMON, MODEL, MODALITY),
    COLD_STARTS: COMMON,
    INIT_DURATION: COMMON,
    PREDICTIONS: (*COMMON, MODEL),
    CONFIDENCE: (*COMMON, MODEL, HEAD),
    PREDICTED_CLASS: (*COMMON, MODEL, HEAD, LABEL),
    STAGE_LATENCY: (*COMMON, MODEL, STAGE),
    MODALITY_LATENCY: (*COMMON, MODEL, MODALITY),
    MODALITY_PRESENT: (*COMMON, MODEL, MODALITY),
    MODALITY_MISSING: (*COMMON, MODEL, MODALITY),
    TEXT_TRUNCATED: (*COMMON, MODEL),
    PICTURES_LEFT_OUT: (*COMMON, CODE),
    CLASS_SHARE_DRIFT: (*COMMON, MODEL, HEAD),
}
"""Each metric's dimensions. CloudWatch finds a metric only by exactly these."""

UNITS: Final[Mapping[str, Unit]] = {
    REQUESTS: "Count",
    ERRORS: "Count",
    SERVER_ERRORS: "Count",
    REQUEST_LATENCY: "Milliseconds",
    FIRST_USE: "Milliseconds",
    COLD_STARTS: "Count",
    INIT_DURATION: "Milliseconds",
    PREDICTIONS: "Count",
    CONFIDENCE: "None",
    PREDICTED_CLASS: "Count",
    STAGE_LATENCY: "Milliseconds",
    MODALITY_LATENCY: "Milliseconds",
    MODALITY_PRESENT: "Count",
    MODALITY_MISSING: "Count",
    TEXT_TRUNCATED: "Count",
    PICTURES_LEFT_OUT: "Count",
    CLASS_SHARE_DRIFT: "None",
}
"""Each metric's unit."""

LEAN: Final = frozenset(
    {REQUESTS, ERRORS, SERVER_ERRORS, REQUEST_LATENCY, COLD_STARTS, PREDICTED_CLASS, CLASS_SHARE_DRIFT}
)
"""What a lean deployment measures: CloudWatch charges for each metric and each set of values of its dimensions."""
