"""The routes: each calls one function of the service and builds the response."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request

from lambda_fn.errors import MEDIA_CODES
from lambda_fn.http.problems import KINDS, MEDIA_TYPE, problem_of
from lambda_fn.http.router import OperationList
from lambda_fn.inference.prediction_service import PredictionService
from lambda_fn.observability.request_record import RequestRecord, record_of
from lambda_fn.schemas.model_card import ModelCard, ModelList
from lambda_fn.schemas.request import BatchRequest, PredictionRequest
from lambda_fn.schemas.response import BatchResponse, BatchResult, Health, PredictionResponse, SinglePrediction, timing
from model_bundle.catalog import Catalog
from model_bundle.errors import ValenceError
from model_bundle.prediction import Prediction

BODY_PROBLEMS: Final = (
    "invalid_json",
    "request_timeout",
    "body_too_large",
    "unsupported_media_type",
    "invalid_request",
    "job_required",
    "overloaded",
    "timeout",
)
ITEM_PROBLEMS: Final = ("text_too_long", "nothing_to_predict", "unknown_model", *sorted(MEDIA_CODES))


def prediction_routes(service: PredictionService) -> OperationList:
    """Return the routes that predict."""
    routes = OperationList("/v1/predict", tags=("predictions",))
    routes.post("", described(*BODY_PROBLEMS, *ITEM_PROBLEMS), service.small)(single_prediction(service))

    @routes.post("/batch", described(*BODY_PROBLEMS, "batch_too_large"), service.large)
    async def predict_batch(body: BatchRequest, request: Request) -> BatchResponse:
        """Predict several items, each as if it were alone. An item that fails has an error in its place."""
        record = record_of(request.scope)
        outcomes = await service.predict_batch(body.items, request.receive)
        results = [
            _result(index, outcome, item, record)
            for index, (outcome, item) in enumerate(zip(outcomes, body.items, strict=True))
        ]
        spent = timing(list(record.per_model().values()))
        return BatchResponse(results=results, timing_ms=spent, request_id=record.request_id)

    return routes


def catalog_routes(catalog: Catalog) -> OperationList:
    """Return the routes about the service and its models."""
    routes = OperationList(tags=("service",))
    models = ModelList(models=[ModelCard.of(spec) for spec in catalog.specs.values()])
    health = Health(status="ok", models=list(catalog.specs))

    @routes.get("/healthz")
    async def healthz() -> Health:
        """Liveness: 200 under any load."""
        return health

    @routes.get("/v1/models")
    async def list_models() -> ModelList:
        """List the models with their inputs, labels, metrics, licences and training data."""
        return models

    return routes


def single_prediction(
    service: PredictionService,
) -> Callable[[PredictionRequest, Request], Awaitable[SinglePrediction]]:
    """Return the operation that predicts one item."""

    async def predict(body: PredictionRequest, request: Request) -> SinglePrediction:
        """Predict one item."""
        record = record_of(request.scope)
        prediction = await service.predict(body, request.receive)
        record.predictions.append(prediction)
        return SinglePrediction.answering(record.request_id, prediction, body.text)

    return predict


def _result(index: int, outcome: Prediction | ValenceError, raw_item: Any, record: RequestRecord) -> BatchResult:
    if isinstance(outcome, ValenceError):
        problem = problem_of(outcome)
        record.item_codes.append(problem.code)
        return BatchResult(index=index, error=problem)
    record.predictions.append(outcome)
    return BatchResult(index=index, prediction=PredictionResponse.of(outcome, raw_item.get("text")))


def described(*codes: str) -> dict[int | str, dict[str, Any]]:
    """Describe the problems that a route may respond with, by HTTP status."""
    by_status: dict[int, list[str]] = {}
    for code in (*codes, "internal_error"):
        by_status.setdefault(KINDS[code][0], []).append(code)
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": f"{HTTPStatus(status).phrase}: `{'`, `'.join(names)}`", "content": content}
        for status, names in sorted(by_status.items())
    }
