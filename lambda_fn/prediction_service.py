"""Requests to predictions: checks what only the settings know, chooses the model and asks it."""

from collections.abc import Iterable, Sequence
from typing import Any

from lambda_fn.errors import BatchTooLargeError, TextTooLongError
from lambda_fn.judgement import Outcome, judge
from lambda_fn.media.budget import FetchBudget
from lambda_fn.model_choice import choose_model
from lambda_fn.picture_source import PictureSource
from lambda_fn.problems import validated
from lambda_fn.schemas.request import PredictionRequest
from lambda_fn.settings import Settings
from lambda_fn.tracing import TRACER
from model_bundle.catalog import Catalog
from model_bundle.errors import UnknownModelError, ValenceError
from model_bundle.prediction import Prediction


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
            [outcome] = self._ask(choose_model(request), [request], FetchBudget.of(self._settings))
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
            rows_of_model.setdefault(choose_model(request), []).append(row)
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
