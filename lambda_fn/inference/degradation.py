"""Predicting in spite of media that can't be fetched or decoded, for requests that want that."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from lambda_fn.media.gatherer import FoundMedia, GatheredMedia
from lambda_fn.schemas.request import PredictionRequest
from model_bundle.decoding.file_type import MediaKind
from model_bundle.errors import (
    AudioTooShortError,
    AudioUndecodableError,
    ImageTooLargeError,
    ImageUndecodableError,
    ValenceError,
    VideoTooLargeError,
    VideoUndecodableError,
)
from model_bundle.item import Item
from model_bundle.prediction import Prediction, PredictionWarning
from model_bundle.predictor import Predictor

Outcome = Prediction | ValenceError

_BLAMED: Final[dict[type[ValenceError], MediaKind]] = {
    ImageUndecodableError: "image",
    ImageTooLargeError: "image",
    AudioUndecodableError: "audio",
    AudioTooShortError: "audio",
    VideoUndecodableError: "video",
    VideoTooLargeError: "video",
}
"""Which medium an error of a reader is about."""


@dataclass(slots=True)
class _Attempt:
    """One request, with the media that are usable so far."""

    request: PredictionRequest
    media: dict[MediaKind, Any]
    errors: list[ValenceError] = field(default_factory=list)
    """Why media were left out."""

    @classmethod
    def of(cls, request: PredictionRequest, found: FoundMedia) -> Self:
        media = {kind: content for kind, content in found.items() if not isinstance(content, ValenceError)}
        return cls(request, media, [content for content in found.values() if isinstance(content, ValenceError)])

    @property
    def is_over(self) -> bool:
        return bool(self.errors) and self.request.on_media_error == "fail"

    def item(self) -> Item:
        return self.request.to_item({str(kind): content for kind, content in self.media.items()})

    def drop(self, outcome: Outcome) -> bool:
        """Leave out the medium that this outcome is about; False if it is about none, or must not be left out."""
        kind = _BLAMED.get(type(outcome)) if isinstance(outcome, ValenceError) else None
        if kind not in self.media or self.request.on_media_error == "fail":
            return False
        assert isinstance(outcome, ValenceError)
        del self.media[kind]
        self.errors.append(outcome)
        return True

    def finished(self, outcome: Outcome | None) -> Outcome:
        """Return the outcome: with warnings about what was left out, which is to blame if nothing else was there."""
        if isinstance(outcome, Prediction):
            warnings = (PredictionWarning(error.code, str(error)) for error in self.errors)
            return replace(outcome, warnings=(*warnings, *outcome.warnings))
        if self.errors:
            return self.errors[0]
        assert outcome is not None  # a request without an error of its media was predicted
        return outcome


def predict_with_media(
    predictor: Predictor, requests: Sequence[PredictionRequest], gathered: GatheredMedia
) -> list[Outcome]:
    """Predict each request as if it were alone; one that fails is an error in its place.

    A request with `on_media_error: degrade` is predicted without those of its media that can't be used, if it has
    anything else; warnings say why. All predictions carry the times of the whole, fetching included.
    """
    attempts = [_Attempt.of(*parts) for parts in zip(requests, gathered.found, strict=True)]
    last: list[Outcome | None] = [None] * len(attempts)
    passes: list[list[Outcome]] = []
    pending = [row for row, attempt in enumerate(attempts) if not attempt.is_over]
    while pending:
        items = [attempts[row].item() for row in pending]
        outcomes = predictor.predict_batch(items, [attempts[row].request.explain for row in pending])
        passes.append(outcomes)
        for row, outcome in zip(pending, outcomes, strict=True):
            last[row] = outcome
        pending = [row for row, outcome in zip(pending, outcomes, strict=True) if attempts[row].drop(outcome)]
    finished = [attempt.finished(outcome) for attempt, outcome in zip(attempts, last, strict=True)]
    return _timed(finished, passes, gathered)


def _timed(outcomes: list[Outcome], passes: Sequence[Sequence[Outcome]], gathered: GatheredMedia) -> list[Outcome]:
    firsts = [next((one for one in outcomes if isinstance(one, Prediction)), None) for outcomes in passes]
    ran = [prediction for prediction in firsts if prediction is not None]
    before = {"fetch": gathered.fetch_ms, "decode": gathered.decode_ms}
    spent = {stage: milliseconds for stage, milliseconds in before.items() if milliseconds is not None}
    timing = _sum([spent, *(prediction.timing_ms for prediction in ran)])
    encoding = _sum(prediction.encode_ms for prediction in ran)
    return [
        replace(outcome, timing_ms=timing, encode_ms=encoding) if isinstance(outcome, Prediction) else outcome
        for outcome in outcomes
    ]


def _sum(parts: Iterable[Mapping[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for part in parts:
        for name, milliseconds in part.items():
            total[name] = round(total.get(name, 0.0) + milliseconds, 3)
    return total
