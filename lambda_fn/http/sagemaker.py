"""The routes of SageMaker's container contract: the same predictions under its names, and JSON Lines for batches."""

from collections.abc import Iterator
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from lambda_fn.errors import InvalidJsonError, OverloadedError
from lambda_fn.http.problems import problem_of
from lambda_fn.http.router import OperationList, check_encoding, parse_json
from lambda_fn.http.routes import BODY_PROBLEMS, ITEM_PROBLEMS, described, single_prediction
from lambda_fn.inference.admission import BUSY
from lambda_fn.inference.degradation import Outcome
from lambda_fn.inference.prediction_service import PredictionService
from lambda_fn.observability.request_record import RequestRecord, record_of
from lambda_fn.schemas.response import ExecutionParameters, FailedLine, Health, PredictionResponse
from lambda_fn.settings import Settings
from model_bundle.catalog import Catalog
from model_bundle.errors import ValenceError

JSON_LINES: Final = ("application/jsonlines", "application/x-jsonlines", "application/jsonl", "application/x-ndjson")
"""Names that SageMaker and others have for JSON Lines, of which none is registered."""
MEGABYTE: Final = 1024 * 1024


def sagemaker_routes(service: PredictionService, catalog: Catalog, settings: Settings) -> OperationList:
    """Return the routes."""
    routes = OperationList(tags=("sagemaker",))
    health = Health(status="ok", models=list(catalog.specs))
    parameters = ExecutionParameters(
        MaxConcurrentTransforms=settings.max_concurrent_predictions,
        MaxPayloadInMB=max(1, settings.max_body_bytes // MEGABYTE),  # 0 would be without limit
    )

    @routes.get("/ping", described("overloaded"))
    async def ping() -> Health:
        """Readiness: 503 while further predictions would be refused."""
        if service.saturated:
            raise OverloadedError(BUSY)
        return health

    @routes.get("/execution-parameters")
    async def execution_parameters() -> ExecutionParameters:
        """Tell Batch Transform how to send."""
        return parameters

    async def predict_lines(request: Request) -> Response:
        check_encoding(request.headers.get("content-encoding"))
        lines = await _predicted(await request.body(), service, settings.max_batch_items, request)
        return Response("".join(f"{line}\n" for line in lines), media_type=JSON_LINES[0])

    others = dict.fromkeys(JSON_LINES, predict_lines)
    problems = described(*BODY_PROBLEMS, *ITEM_PROBLEMS)
    routes.post("/invocations", problems, service.small, others)(single_prediction(service))
    return routes


async def _predicted(body: bytes, service: PredictionService, max_items: int, request: Request) -> list[str]:
    """Return a line for each line: a prediction, or an object with the problem as `error`."""
    record = record_of(request.scope)
    lines: list[str] = []
    for items in _batches([_parsed(line) for line in body.splitlines()], max_items):
        sound = [item for item in items if not isinstance(item, ValenceError)]
        outcomes = iter(await service.predict_batch(sound, request.receive) if sound else [])
        for item in items:
            outcome = item if isinstance(item, ValenceError) else next(outcomes)
            lines.append(_line(outcome, item, record))
    return lines


def _parsed(line: bytes) -> Any:
    try:
        return parse_json(line)
    except InvalidJsonError as error:
        return error


def _batches(items: list[Any], max_items: int) -> Iterator[list[Any]]:
    """Group items as the service takes them. One with a medium goes alone: a batch may have only a few."""
    batch: list[Any] = []
    for item in items:
        alone = isinstance(item, dict) and any(name.endswith(("_url", "_base64")) for name in item)
        if batch and (alone or len(batch) == max_items):
            yield batch
            batch = []
        batch.append(item)
        if alone:
            yield batch
            batch = []
    if batch:
        yield batch


def _line(outcome: Outcome, item: Any, record: RequestRecord) -> str:
    if isinstance(outcome, ValenceError):
        problem = problem_of(outcome)
        record.item_codes.append(problem.code)
        return FailedLine(error=problem).model_dump_json(exclude_none=True)
    record.predictions.append(outcome)
    return PredictionResponse.of(outcome, item.get("text")).model_dump_json(exclude_none=True)
