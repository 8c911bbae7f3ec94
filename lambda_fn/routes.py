"""The routes: each takes a request apart, calls one function and puts the answer together."""

from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request

from lambda_fn.json_route import JsonRoute
from lambda_fn.prediction_service import PredictionService
from lambda_fn.problems import KINDS, MEDIA_TYPE, problem_of
from lambda_fn.request_record import record_of
from lambda_fn.schemas.answer import BatchAnswer, BatchResult, PredictionAnswer, SinglePrediction, timing
from lambda_fn.schemas.health import Health
from lambda_fn.schemas.model_card import ModelCard, ModelList
from lambda_fn.schemas.request import BatchRequest, PredictionRequest
from model_bundle.catalog import Catalog
from model_bundle.errors import ValenceError
from model_bundle.prediction import Prediction

_BODY_PROBLEMS: Final = ("invalid_json", "invalid_request", "body_too_large", "unsupported_media_type")
_ITEM_PROBLEMS: Final = ("text_too_long", "nothing_to_predict", "unknown_model")


def prediction_routes(service: PredictionService) -> APIRouter:
    """Return the routes that judge. They are plain functions, so a long prediction leaves the event loop free."""
    router = APIRouter(prefix="/v1/predict", tags=["predictions"], route_class=JsonRoute)

    @router.post("", responses=_described(*_BODY_PROBLEMS, *_ITEM_PROBLEMS), response_model_exclude_none=True)
    def predict(body: PredictionRequest, request: Request) -> SinglePrediction:
        """Judge one item."""
        record = record_of(request.scope)
        prediction = service.predict(body)
        record.model = prediction.model
        return SinglePrediction.answering(record.request_id, prediction)

    @router.post("/batch", responses=_described(*_BODY_PROBLEMS, "batch_too_large"), response_model_exclude_none=True)
    def predict_batch(body: BatchRequest, request: Request) -> BatchAnswer:
        """Judge several items, each as if it were alone: one that can't be judged is an error in its place."""
        record = record_of(request.scope)
        outcomes = service.predict_batch(body.items)
        per_model = {outcome.model: outcome for outcome in outcomes if isinstance(outcome, Prediction)}
        record.model = ",".join(per_model) or None
        results = [_result(index, outcome) for index, outcome in enumerate(outcomes)]
        return BatchAnswer(results=results, timing_ms=timing(list(per_model.values())), request_id=record.request_id)

    return router


def catalog_routes(catalog: Catalog) -> APIRouter:
    """Return the routes that say what there is."""
    router = APIRouter(tags=["service"])
    models = ModelList(models=[ModelCard.of(spec) for spec in catalog.specs.values()])
    health = Health(status="ok", models=list(catalog.specs))

    @router.get("/v1/models")
    async def list_models() -> ModelList:
        """List the models: what each takes and answers, how good it is and where it comes from."""
        return models

    @router.get("/healthz")
    async def healthz() -> Health:
        """Say that the service is up."""
        return health

    return router


def _result(index: int, outcome: Prediction | ValenceError) -> BatchResult:
    if isinstance(outcome, ValenceError):
        return BatchResult(index=index, error=problem_of(outcome))
    return BatchResult(index=index, prediction=PredictionAnswer.of(outcome))


def _described(*codes: str) -> dict[int | str, dict[str, Any]]:
    """Describe the problems that a route may answer with, by HTTP status."""
    by_status: dict[int, list[str]] = {}
    for code in (*codes, "internal_error"):
        by_status.setdefault(KINDS[code][0], []).append(code)
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": f"{HTTPStatus(status).phrase}: `{'`, `'.join(names)}`", "content": content}
        for status, names in sorted(by_status.items())
    }
