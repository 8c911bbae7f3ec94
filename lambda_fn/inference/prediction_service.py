"""Requests to predictions: checks what only the settings know, chooses the model and asks it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lambda_fn.errors import PICTURE_ERRORS, BatchTooLargeError, MediaError, TextTooLongError
from lambda_fn.http.problems import validated
from lambda_fn.inference.model_choice import choose_model
from lambda_fn.media.budget import FetchBudget
from lambda_fn.media.picture_source import Picture, Pictures, PictureSource
from lambda_fn.observability.tracing import TRACER
from lambda_fn.schemas.request import PredictionRequest
from lambda_fn.settings import Settings
from model_bundle.catalog import Catalog
from model_bundle.errors import UnknownModelError, ValenceError
from model_bundle.prediction import Notice, Prediction
from model_bundle.predictor import Predictor

Outcome = Prediction | ValenceError


def judge(predictor: Predictor, requests: Sequence[PredictionRequest], pictures: Pictures) -> list[Outcome]:
    """Judge each request as if it were alone: one that can't be judged is an error in its place.

    One whose picture is no good is judged without it, if it wants that and has something else; a warning says why. All
    predictions carry the times of the whole, fetching included.
    """
    outcomes = _predicted(predictor, requests, pictures.found)
    lacking = [row for row, outcome in enumerate(outcomes) if _may_lack_picture(requests[row], outcome)]
    again = _predicted(predictor, [requests[row] for row in lacking], [None] * len(lacking))
    passes = [outcomes.copy(), again]
    for row, outcome in zip(lacking, again, strict=True):
        if isinstance(outcome, Prediction):
            outcomes[row] = _warned(outcome, outcomes[row])
    return _timed(outcomes, passes, pictures.fetch_ms)


def _predicted(
    predictor: Predictor, requests: Sequence[PredictionRequest], pictures: Sequence[Picture]
) -> list[Outcome]:
    items = {
        row: request.to_item(picture)
        for row, (request, picture) in enumerate(zip(requests, pictures, strict=True))
        if not isinstance(picture, MediaError)
    }
    answers = dict(
        zip(items, predictor.predict_batch(list(items.values()), [requests[row].explain for row in items]), strict=True)
    )
    return [picture if isinstance(picture, MediaError) else answers[row] for row, picture in enumerate(pictures)]


def _may_lack_picture(request: PredictionRequest, outcome: Outcome) -> bool:
    return request.on_media_error == "degrade" and isinstance(outcome, PICTURE_ERRORS)


def _warned(prediction: Prediction, error: Outcome) -> Prediction:
    assert isinstance(error, PICTURE_ERRORS)
    return replace(prediction, warnings=(Notice(error.code, str(error)), *prediction.warnings))


def _timed(outcomes: list[Outcome], passes: Sequence[Sequence[Outcome]], fetch_ms: float | None) -> list[Outcome]:
    firsts = [next((one for one in outcomes if isinstance(one, Prediction)), None) for outcomes in passes]
    ran = [prediction for prediction in firsts if prediction is not None]
    fetching = {} if fetch_ms is None else {"fetch": fetch_ms}
    timing = _added([fetching, *(prediction.timing_ms for prediction in ran)])
    encoding = _added(prediction.encode_ms for prediction in ran)
    return [
        replace(outcome, timing_ms=timing, encode_ms=encoding) if isinstance(outcome, Prediction) else outcome
        for outcome in outcomes
    ]


def _added(parts: Iterable[Mapping[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for part in parts:
        for name, milliseconds in part.items():
            total[name] = round(total.get(name, 0.0) + milliseconds, 3)
    return total


class PredictionService:
    """Answers prediction requests. Safe to use from several threads."""

    def __init__(self, settings: Settings, catalog: Catalog) -> None:
        self._settings = settings
        self._catalog = catalog
        self._source = PictureSource(settings)

    def predict(self, request: PredictionRequest) -> Prediction:
        """Judge one item; a ValenceError says why it can't be judged."""
        self._check_text(request)
        # Not Tracer.capture_method: it writes every error's words to the log.
        with TRACER.provider.in_subsegment("predict"):
            [outcome] = self._ask(choose_model(request, self._catalog.specs), [request], FetchBudget.of(self._settings))
        if isinstance(outcome, ValenceError):
            raise outcome
        return outcome

    def predict_batch(self, raw_items: Sequence[Any]) -> list[Outcome]:
        """Judge several items, not yet validated, each as if it were alone: a bad one is an error in its place."""
        if len(raw_items) > self._settings.max_batch_items:
            raise BatchTooLargeError(
                f"A batch may have at most {self._settings.max_batch_items} items; this one has {len(raw_items)}."
            )
        outcomes = [self._accept(raw_item) for raw_item in raw_items]
        accepted = {row: outcome for row, outcome in enumerate(outcomes) if isinstance(outcome, PredictionRequest)}
        self._check_pictures(accepted.values())
        with TRACER.provider.in_subsegment("predict"):
            answers = self._answers(accepted)
        return [
            answers[row] if isinstance(outcome, PredictionRequest) else outcome for row, outcome in enumerate(outcomes)
        ]

    def _accept(self, raw_item: Any) -> PredictionRequest | ValenceError:
        try:
            request = validated(PredictionRequest, raw_item)
            self._check_text(request)
        except ValenceError as error:
            return error
        return request

    def _answers(self, requests: dict[int, PredictionRequest]) -> dict[int, Outcome]:
        rows_of_model: dict[str, list[int]] = {}
        for row, request in requests.items():
            rows_of_model.setdefault(choose_model(request, self._catalog.specs), []).append(row)
        answers: dict[int, Outcome] = {}
        budget = FetchBudget.of(self._settings)
        for model, rows in rows_of_model.items():
            answers.update(zip(rows, self._ask(model, [requests[row] for row in rows], budget), strict=True))
        return answers

    def _ask(self, model: str, requests: Sequence[PredictionRequest], budget: FetchBudget) -> Sequence[Outcome]:
        try:
            predictor = self._catalog.predictor(model)
        except UnknownModelError as error:
            return [error] * len(requests)
        return judge(predictor, requests, self._source.pictures(requests, predictor.spec, budget))

    def _check_pictures(self, requests: Iterable[PredictionRequest]) -> None:
        most, count = self._settings.max_batch_pictures, sum(request.has_picture for request in requests)
        if count > most:
            raise BatchTooLargeError(f"A batch may have at most {most} pictures; this one has {count}.")

    def _check_text(self, request: PredictionRequest) -> None:
        most = self._settings.max_text_characters
        if request.text is not None and len(request.text) > most:
            raise TextTooLongError(f"A text may have at most {most:,} characters; this one has {len(request.text):,}.")
