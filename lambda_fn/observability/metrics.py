"""Names of everything the service measures: what is emitted here is what dashboards and alarms read.

Every metric has the dimension `service`; `DIMENSIONS` adds what else it has. Dimensions have few values: route
templates, known error codes, model names, heads, labels. Imports nothing heavy: the infrastructure reads it too.
"""

from collections.abc import Mapping
from typing import Final, Literal

NAMESPACE: Final = "Valence"
SERVICE: Final = "valence"

SERVICE_DIMENSION: Final = "service"
ROUTE: Final = "route"
CODE: Final = "code"
MODEL: Final = "model"
HEAD: Final = "head"
LABEL: Final = "label"
STAGE: Final = "stage"
MODALITY: Final = "modality"

REQUESTS: Final = "Requests"
ERRORS: Final = "Errors"
REQUEST_LATENCY: Final = "RequestLatency"
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
    REQUESTS: (SERVICE_DIMENSION, ROUTE),
    ERRORS: (SERVICE_DIMENSION, CODE),
    REQUEST_LATENCY: (SERVICE_DIMENSION, ROUTE),
    COLD_STARTS: (SERVICE_DIMENSION,),
    INIT_DURATION: (SERVICE_DIMENSION,),
    PREDICTIONS: (SERVICE_DIMENSION, MODEL),
    CONFIDENCE: (SERVICE_DIMENSION, MODEL, HEAD),
    PREDICTED_CLASS: (SERVICE_DIMENSION, MODEL, HEAD, LABEL),
    STAGE_LATENCY: (SERVICE_DIMENSION, MODEL, STAGE),
    MODALITY_LATENCY: (SERVICE_DIMENSION, MODEL, MODALITY),
    MODALITY_PRESENT: (SERVICE_DIMENSION, MODEL, MODALITY),
    MODALITY_MISSING: (SERVICE_DIMENSION, MODEL, MODALITY),
    TEXT_TRUNCATED: (SERVICE_DIMENSION, MODEL),
    PICTURES_LEFT_OUT: (SERVICE_DIMENSION, CODE),
    CLASS_SHARE_DRIFT: (SERVICE_DIMENSION, MODEL, HEAD),
}
"""Each metric's dimensions. CloudWatch finds a metric only by exactly these."""

UNITS: Final[Mapping[str, Unit]] = {
    REQUESTS: "Count",
    ERRORS: "Count",
    REQUEST_LATENCY: "Milliseconds",
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
