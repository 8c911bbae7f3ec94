"""What the prediction routes give back."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from lambda_fn.schemas import example
from lambda_fn.schemas.problem import Problem
from model_bundle.prediction import HeadPrediction, Prediction


class _Answer(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)


class HeadAnswer(_Answer):
    """The answer to one question."""

    label: str
    confidence: float
    """Calibrated probability of `label`, from 0 to 1."""
    scores: dict[str, float]
    """Calibrated probability of every label; they sum to 1."""

    @classmethod
    def of(cls, head: HeadPrediction) -> Self:
        """Convert one head's prediction."""
        return cls(label=head.label, confidence=head.confidence, scores=dict(head.scores))


class ModalityAnswer(_Answer):
    """What part one modality had in the answer."""

    present: bool
    """Whether the item had it."""


class Notice(_Answer):
    """Something to know about how the item was read."""

    code: str
    """Stable, such as `text_truncated`."""
    message: str
    """One sentence for a person."""


class PredictionAnswer(_Answer):
    """One item's answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [example.PREDICTION]})

    model: str
    version: str
    sentiment: HeadAnswer
    emotion: HeadAnswer | None = None
    """Only from models that judge emotion."""
    modalities: dict[str, ModalityAnswer]
    """The model's modalities, by name."""
    warnings: list[Notice]

    @classmethod
    def of(cls, prediction: Prediction) -> Self:
        """Convert a prediction."""
        return cls(**_fields(prediction))


class SinglePrediction(PredictionAnswer):
    """The answer to `POST /v1/predict`."""

    model_config = ConfigDict(json_schema_extra={"examples": [example.PREDICTION | example.RECEIPT]})

    timing_ms: dict[str, float]
    """Milliseconds by stage, and in all (`total`)."""
    request_id: str

    @classmethod
    def answering(cls, request_id: str, prediction: Prediction) -> Self:
        """Convert the prediction that answers a request."""
        return cls(**_fields(prediction), timing_ms=timing([prediction]), request_id=request_id)


class BatchResult(_Answer):
    """One item's outcome: either `prediction` or `error` is there, never both."""

    index: int
    """The item's place in the request, from 0."""
    prediction: PredictionAnswer | None = None
    error: Problem | None = None


class BatchAnswer(_Answer):
    """The answer to `POST /v1/predict/batch`."""

    model_config = ConfigDict(json_schema_extra={"examples": [example.BATCH_ANSWER]})

    results: list[BatchResult]
    """One for each item, in the order of the request."""
    timing_ms: dict[str, float]
    """Milliseconds by stage, and in all (`total`), for the whole batch."""
    request_id: str


def timing(per_model: list[Prediction]) -> dict[str, float]:
    """Add up the stages of one prediction for each model that was asked."""
    stages: dict[str, float] = {}
    for prediction in per_model:
        for stage, milliseconds in prediction.timing_ms.items():
            stages[stage] = round(stages.get(stage, 0.0) + milliseconds, 3)
    return stages | {"total": round(sum(stages.values()), 3)}


def _fields(prediction: Prediction) -> Mapping[str, Any]:
    heads = {name: HeadAnswer.of(head) for name, head in prediction.heads.items()}
    return heads | {
        "model": prediction.model,
        "version": prediction.version,
        "modalities": {name: ModalityAnswer(present=present) for name, present in prediction.modalities.items()},
        "warnings": [Notice(code=notice.code, message=notice.message) for notice in prediction.warnings],
    }
