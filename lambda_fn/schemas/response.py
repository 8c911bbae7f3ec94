"""The responses of the prediction routes."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from lambda_fn.schemas import example
from lambda_fn.schemas.problem import Problem
from model_bundle.prediction import Explanation, HeadPrediction, Prediction, Segment, Span

REPEATED: Final = ("sentiment", "emotion")
"""Heads that stand at the top level of a prediction too."""


class Health(BaseModel):
    """The service is up."""

    status: Literal["ok"]
    models: Annotated[list[str], Field(description="Names of the models.")]


class ExecutionParameters(BaseModel):
    """How SageMaker's Batch Transform should send."""

    MaxConcurrentTransforms: Annotated[int, Field(description="Requests at once.")]
    BatchStrategy: Literal["MULTI_RECORD"] = "MULTI_RECORD"
    MaxPayloadInMB: Annotated[int, Field(description="Size of a request.")]


class FailedLine(BaseModel):
    """A line of a JSON Lines response whose item failed."""

    error: Problem


class HeadResponse(BaseModel):
    """The prediction of one head."""

    label: str
    confidence: Annotated[float, Field(description="Calibrated probability of `label`, from 0 to 1.")]
    scores: Annotated[dict[str, float], Field(description="Calibrated probability of every label; they sum to 1.")]

    @classmethod
    def of(cls, head: HeadPrediction) -> Self:
        """Convert one head's prediction."""
        return cls(label=head.label, confidence=_rounded(head.confidence), scores=_all_rounded(head.scores))


class ModalityResponse(BaseModel):
    """How one modality contributed to the prediction."""

    present: Annotated[bool, Field(description="Whether the item had it.")]
    contribution: Annotated[
        dict[str, dict[str, float]] | None,
        Field(
            description="What it added to the probability of each label, by head: exact Shapley values. Those of all "
            "modalities and the `baseline` sum to the scores. Only if `explain` asks for `modalities`."
        ),
    ] = None


class SpanResponse(BaseModel):
    """A part of the text, and its effect on the prediction."""

    start: Annotated[
        int, Field(description="Its first character in the text as sent, in Unicode code points from 0, as in Python.")
    ]
    end: Annotated[int, Field(description="The character after its last.")]
    start_utf16: Annotated[int, Field(description="`start` in UTF-16 code units, as in JavaScript, Java and C#.")]
    end_utf16: Annotated[int, Field(description="`end` in UTF-16 code units.")]
    contribution: Annotated[
        dict[str, float],
        Field(description="By head: the predicted label's probability, minus what it is without this part."),
    ]


class ExplanationResponse(BaseModel):
    """The explanations that `explain` asks for."""

    baseline: Annotated[
        dict[str, dict[str, float]] | None,
        Field(description="The probability of each label with nothing present, by head."),
    ] = None
    words: Annotated[list[SpanResponse] | None, Field(description="The text's parts, in order.")] = None

    @classmethod
    def of(cls, explanation: Explanation, text: str) -> Self:
        """Convert an explanation of a prediction for `text`. Contributions of modalities are in ModalityResponse."""
        words = None if explanation.words is None else _spans(explanation.words, text)
        return cls(baseline=_plain(explanation.baseline), words=words)


class SegmentAnswer(BaseModel):
    """The prediction for a part of a clip, from what is seen and heard in it."""

    start_seconds: float
    end_seconds: float
    heads: Annotated[dict[str, HeadResponse], Field(description="Every head of the model, by name.")]
    modalities: Annotated[dict[str, ModalityResponse], Field(description="Those that the part has.")]

    @classmethod
    def of(cls, segment: Segment) -> Self:
        """Convert one part."""
        return cls(
            start_seconds=round(segment.start_seconds, 3),
            end_seconds=round(segment.end_seconds, 3),
            heads={name: HeadResponse.of(head) for name, head in segment.heads.items()},
            modalities={name: ModalityResponse(present=present) for name, present in segment.modalities.items()},
        )


class WarningResponse(BaseModel):
    """Something to know about how the item was read."""

    code: Annotated[str, Field(description="Stable, such as `text_truncated`.")]
    message: Annotated[str, Field(description="One sentence for people.")]


class PredictionResponse(BaseModel):
    """One item's prediction."""

    model_config = ConfigDict(json_schema_extra={"examples": [example.PREDICTION]})

    model: str
    version: str
    heads: Annotated[dict[str, HeadResponse], Field(description="Every head of the model, by name.")]
    sentiment: Annotated[HeadResponse | None, Field(description="The head `sentiment` again, if there is one.")] = None
    emotion: Annotated[HeadResponse | None, Field(description="The head `emotion` again, if there is one.")] = None
    modalities: Annotated[dict[str, ModalityResponse], Field(description="The model's modalities, by name.")]
    segments: Annotated[
        list[SegmentAnswer] | None,
        Field(
            description="Parts of a clip that plays for more than 10 seconds, in order: all of the same length, at "
            "most 10 seconds. Parts in which nothing is seen or heard are left out."
        ),
    ] = None
    warnings: list[WarningResponse]
    explanation: Annotated[ExplanationResponse | None, Field(description="Only if `explain` asks for one.")] = None

    @classmethod
    def of(cls, prediction: Prediction, text: str | None) -> Self:
        """Convert a prediction for an item with this text."""
        return cls(**_fields(prediction, text))


class SinglePrediction(PredictionResponse):
    """The response of `POST /v1/predict`."""

    model_config = ConfigDict(json_schema_extra={"examples": [example.PREDICTION | example.RECEIPT]})

    timing_ms: Annotated[dict[str, float], Field(description="Milliseconds by stage, and their sum (`total`).")]
    request_id: str

    @classmethod
    def answering(cls, request_id: str, prediction: Prediction, text: str | None) -> Self:
        """Convert the prediction that answers a request with this text."""
        return cls(**_fields(prediction, text), timing_ms=timing([prediction]), request_id=request_id)


class BatchResult(BaseModel):
    """One item's outcome: either `prediction` or `error`, never both."""

    index: Annotated[int, Field(description="The item's place in the request, from 0.")]
    prediction: PredictionResponse | None = None
    error: Problem | None = None


class BatchResponse(BaseModel):
    """The response of `POST /v1/predict/batch`."""

    model_config = ConfigDict(json_schema_extra={"examples": [example.BATCH_RESPONSE]})

    results: Annotated[list[BatchResult], Field(description="One for each item, in the order of the request.")]
    timing_ms: Annotated[
        dict[str, float], Field(description="Milliseconds by stage, and their sum (`total`), for the batch.")
    ]
    request_id: str


def timing(per_model: list[Prediction]) -> dict[str, float]:
    """Add up the stages of one prediction of each model."""
    stages: dict[str, float] = {}
    for prediction in per_model:
        for stage, milliseconds in prediction.timing_ms.items():
            stages[stage] = round(stages.get(stage, 0.0) + milliseconds, 3)
    return stages | {"total": round(sum(stages.values()), 3)}


def _fields(prediction: Prediction, text: str | None) -> Mapping[str, Any]:
    heads = {name: HeadResponse.of(head) for name, head in prediction.heads.items()}
    return {name: head for name, head in heads.items() if name in REPEATED} | {
        "heads": heads,
        "model": prediction.model,
        "version": prediction.version,
        "modalities": {name: _modality(prediction, name) for name in prediction.modalities},
        "warnings": [WarningResponse(code=found.code, message=found.message) for found in prediction.warnings],
        "segments": [SegmentAnswer.of(segment) for segment in prediction.segments] or None,
        "explanation": None
        if prediction.explanation is None
        else ExplanationResponse.of(prediction.explanation, text or ""),
    }


def _modality(prediction: Prediction, name: str) -> ModalityResponse:
    contributions = prediction.explanation.modalities if prediction.explanation is not None else None
    contribution = None if contributions is None else _plain(contributions[name])
    return ModalityResponse(present=prediction.modalities[name], contribution=contribution)


def _plain(values: Mapping[str, Mapping[str, float]] | None) -> dict[str, dict[str, float]] | None:
    return None if values is None else {head: _all_rounded(labels) for head, labels in values.items()}


def _spans(spans: Iterable[Span], text: str) -> list[SpanResponse]:
    """Convert spans, which are in their order."""
    found, place, units = [], 0, 0
    for span in spans:
        start_units = units + _utf16_units(text[place : span.start])
        place, units = span.end, start_units + _utf16_units(text[span.start : span.end])
        found.append(
            SpanResponse(
                start=span.start,
                end=span.end,
                start_utf16=start_units,
                end_utf16=units,
                contribution=_all_rounded(span.scores),
            )
        )
    return found


def _utf16_units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _all_rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {label: _rounded(value) for label, value in values.items()}


def _rounded(value: float) -> float:
    """Return a probability or a part of one as it is shown: what follows are the last bits of float32."""
    return round(value, 6)
