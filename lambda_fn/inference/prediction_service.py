"""Requests to predictions: checks the limits, chooses the model, gathers the media and predicts."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from starlette.types import Receive

from lambda_fn.errors import BatchTooLargeError, TextTooLongError
from lambda_fn.http.problems import validated
from lambda_fn.inference.admission import Lane, WorkEstimate
from lambda_fn.inference.degradation import Outcome, predict_with_media
from lambda_fn.inference.model_choice import choose_model
from lambda_fn.media.budget import FetchBudget
from lambda_fn.media.gatherer import GatheredMedia, MediaGatherer
from lambda_fn.observability.tracing import TRACER
from lambda_fn.schemas.request import PredictionRequest
from lambda_fn.settings import Settings
from model_bundle.catalog import Catalog
from model_bundle.errors import UnknownModelError, ValenceError
from model_bundle.prediction import Prediction, PredictionWarning
from model_bundle.predictor import Predictor
from model_bundle.spec import ModalitySpec


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which requests go to which model, and the errors of those that can't be predicted."""

    outcomes: list[PredictionRequest | ValenceError]
    rows_of_model: Mapping[str, list[int]]

    @property
    def accepted(self) -> list[PredictionRequest]:
        return [outcome for outcome in self.outcomes if isinstance(outcome, PredictionRequest)]

    def requests(self, model: str) -> list[PredictionRequest]:
        found = [self.outcomes[row] for row in self.rows_of_model[model]]
        return [request for request in found if isinstance(request, PredictionRequest)]


class PredictionService:
    """Answers prediction requests. Used from one event loop at a time."""

    def __init__(self, settings: Settings, catalog: Catalog) -> None:
        self._settings = settings
        self._catalog = catalog
        self._gatherer = MediaGatherer(settings)
        self._work = WorkEstimate(catalog, settings.response_timeout_seconds)
        threads = settings.max_concurrent_predictions
        self.small = self._lane("predict-small", threads)
        """Where single items of ordinary size are predicted."""
        self.large = self._lane("predict-large", max(1, threads // 2))
        """Where all others are."""
        self._fetching = self._lane("fetch", settings.max_concurrent_fetches)

    @property
    def saturated(self) -> bool:
        """Whether predictions are refused at the moment."""
        return self.small.full or self.large.full

    async def predict(self, request: PredictionRequest, receive: Receive) -> Prediction:
        """Predict one item; a ValenceError says why that is impossible. ClientDisconnect if the client left."""
        self._check_text(request)
        [outcome] = await self._answer(self._planned([request]), receive)
        if isinstance(outcome, ValenceError):
            raise outcome
        return outcome

    async def predict_batch(self, raw_items: Sequence[Any], receive: Receive) -> list[Outcome]:
        """Predict several items, not yet validated, each as if it were alone: a bad one is an error in its place."""
        if len(raw_items) > self._settings.max_batch_items:
            raise BatchTooLargeError(
                f"A batch may have at most {self._settings.max_batch_items} items; this one has {len(raw_items)}."
            )
        accepted = []
        for raw_item in raw_items:
            accepted.append(self._accept(raw_item))
            await asyncio.sleep(0)  # so that many batches at once don't hold up others
        plan = self._planned(accepted)
        self._check_media(plan.accepted)
        return await self._answer(plan, receive)

    def _lane(self, name: str, threads: int) -> Lane:
        return Lane(name, threads, self._settings.max_queued_requests, self._settings.queue_timeout_seconds)

    def _accept(self, raw_item: Any) -> PredictionRequest | ValenceError:
        try:
            request = validated(PredictionRequest, raw_item)
            self._check_text(request)
        except ValenceError as error:
            return error
        return request

    def _planned(self, outcomes: list[PredictionRequest | ValenceError]) -> _Plan:
        rows_of_model: dict[str, list[int]] = {}
        for row, outcome in enumerate(outcomes):
            if isinstance(outcome, PredictionRequest):
                rows_of_model.setdefault(choose_model(outcome, self._catalog.specs), []).append(row)
        return _Plan(outcomes, rows_of_model)

    async def _answer(self, plan: _Plan, receive: Receive) -> list[Outcome]:
        """Fetch in one lane, predict in another: neither slow hosts nor large batches hold up small requests."""
        media: dict[str, GatheredMedia] = {}
        if any(medium.url is not None for request in plan.accepted for medium in request.media):
            media, _ = await self._fetching.run(lambda: self._gathered(plan), receive)
        lane = self.small if _is_small(plan.accepted) else self.large
        outcomes, queued_ms = await lane.run(lambda: self._predicted(plan, media), receive)
        return [_queued(outcome, queued_ms) for outcome in outcomes] if queued_ms else outcomes

    def _gathered(self, plan: _Plan) -> dict[str, GatheredMedia]:
        if not any(request.media for request in plan.accepted):
            return {}
        budget = FetchBudget.of(self._settings)
        specs = self._catalog.specs
        return {
            model: self._gatherer.gather(plan.requests(model), specs[model], budget)
            for model in plan.rows_of_model
            if model in specs
        }

    def _predicted(self, plan: _Plan, media: Mapping[str, GatheredMedia]) -> list[Outcome]:
        outcomes: dict[int, Outcome] = {}
        for model in plan.rows_of_model:
            self._work.check(model, plan.requests(model))
        # Not Tracer.capture_method: it writes every error's words to the log.
        with TRACER.provider.in_subsegment("predict"):
            has_media = any(request.media for request in plan.accepted)
            gathered = media or (self._gathered(plan) if has_media else {})
            for model, rows in plan.rows_of_model.items():
                outcomes.update(zip(rows, self._ask(model, plan.requests(model), gathered), strict=True))
        return [
            outcomes[row] if isinstance(outcome, PredictionRequest) else outcome
            for row, outcome in enumerate(plan.outcomes)
        ]

    def _ask(
        self, model: str, requests: Sequence[PredictionRequest], media: Mapping[str, GatheredMedia]
    ) -> Sequence[Outcome]:
        try:
            predictor = self._catalog.predictor(model)
        except UnknownModelError as error:
            return [error] * len(requests)
        usable = self._decoded(media[model], predictor.spec.modalities) if model in media else None
        outcomes = predict_requests(predictor, requests, usable)
        return [_with_repairs(outcome, request) for outcome, request in zip(outcomes, requests, strict=True)]

    def _decoded(self, media: GatheredMedia, modalities: Sequence[ModalitySpec]) -> GatheredMedia:
        if not any({"audio", "video"} & found.keys() for found in media.found):
            return media
        from lambda_fn.media.clip_decoding import decode_clips  # only for those who send audio or video

        return decode_clips(media, modalities, self._settings)

    def _check_media(self, requests: Iterable[PredictionRequest]) -> None:
        kinds = Counter(medium.kind for request in requests for medium in request.media)
        images, clips = kinds["image"], kinds["audio"] + kinds["video"]
        if images > (limit := self._settings.max_batch_images):
            raise BatchTooLargeError(f"A batch may have at most {limit} images; this one has {images}.")
        if clips > (limit := self._settings.max_batch_clips):
            raise BatchTooLargeError(f"A batch may have at most {limit} audio and video files; this one has {clips}.")

    def _check_text(self, request: PredictionRequest) -> None:
        limit = self._settings.max_text_characters
        if request.text is not None and len(request.text) > limit:
            raise TextTooLongError(f"A text may have at most {limit:,} characters; this one has {len(request.text):,}.")


def predict_requests(
    predictor: Predictor, requests: Sequence[PredictionRequest], media: GatheredMedia | None
) -> list[Outcome]:
    """Predict each request as if it were alone; `media` is None if none of them has any."""
    if media is not None:
        return predict_with_media(predictor, requests, media)
    items = [request.to_item() for request in requests]
    return predictor.predict_batch(items, [request.explain for request in requests])


SMALL_CHARACTERS: Final = 10_000


def _is_small(requests: Sequence[PredictionRequest]) -> bool:
    """Whether predicting takes a few milliseconds: at most one item, neither long nor explained nor with an image."""
    return len(requests) <= 1 and not any(
        request.explain or request.media or len(request.text or "") > SMALL_CHARACTERS for request in requests
    )


def _with_repairs(outcome: Outcome, request: PredictionRequest) -> Outcome:
    if isinstance(outcome, ValenceError) or not request.repaired_fields:
        return outcome
    fields = " and ".join(f"`{name}`" for name in request.repaired_fields)
    message = f"Half a surrogate pair, such as a cut emoji, was read as U+FFFD in {fields}."
    return replace(outcome, warnings=(PredictionWarning("text_repaired", message), *outcome.warnings))


def _queued(outcome: Outcome, milliseconds: float) -> Outcome:
    if isinstance(outcome, ValenceError):
        return outcome
    return replace(outcome, timing_ms={"queue": milliseconds, **outcome.timing_ms})
