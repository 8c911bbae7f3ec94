"""One JSON line on standard output for each request, and its metrics. Never holds what was sent."""

import logging
from time import perf_counter
from typing import Final

from aws_lambda_powertools import Logger
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lambda_fn.cold_start import ColdStart
from lambda_fn.log_format import LogFormat
from lambda_fn.metrics import SERVICE
from lambda_fn.problems import INTERNAL, problem_of, problem_response
from lambda_fn.request_metrics import request_metrics
from lambda_fn.request_record import HEADER, RequestRecord, open_record

LOGGER: Final = Logger(service=SERVICE, level=logging.INFO, logger_formatter=LogFormat())
CLIENT_CLOSED_REQUEST: Final = 499
_TALKATIVE: Final = ("mangum.http", "httpcore2", "boto3", "botocore", "PIL")
"""Libraries' loggers whose lines, where Lambda lets them through, hold paths, URLs or keys of objects."""


class RequestLog:
    """ASGI middleware, outermost: numbers the request, answers what nothing else answered, logs and measures."""

    def __init__(self, application: ASGIApp, cold_start: ColdStart) -> None:
        self._application = application
        self._cold_start = cold_start

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        record = open_record(scope)
        started = perf_counter()
        try:
            await self._answer(record, scope, receive, _numbered(record, send))
        finally:
            self._report(record, scope, round((perf_counter() - started) * 1000, 3))

    async def _answer(self, record: RequestRecord, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._application(scope, receive, send)
        except ClientDisconnect:
            record.status = CLIENT_CLOSED_REQUEST
        except Exception as error:
            record.code = INTERNAL
            LOGGER.exception("request failed", extra={"request_id": record.request_id})
            if record.status is not None:
                raise
            await problem_response(problem_of(error), scope)(scope, receive, send)

    def _report(self, record: RequestRecord, scope: Scope, milliseconds: float) -> None:
        route = getattr(scope.get("route"), "path", None)
        measured = request_metrics(record, route, milliseconds)
        cold = self._cold_start.measure(measured)
        measured.emit()
        fields = {
            "method": scope["method"],
            "path": route,
            "status": record.status,
            "code": record.code,
            "duration_ms": milliseconds,
            "request_id": record.request_id,
            "model": ",".join(record.per_model()) or None,
            "cold_start": cold,
        }
        LOGGER.info("request", extra=fields)


def configure_logging(level: str) -> None:
    """Write log lines from this level on, and nothing twice."""
    LOGGER.setLevel(level)
    logging.getLogger(SERVICE).propagate = False
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _numbered(record: RequestRecord, send: Send) -> Send:
    header = (HEADER.encode(), record.request_id.encode())

    async def send_numbered(message: Message) -> None:
        if message["type"] == "http.response.start":
            record.status = message["status"]
            message = {**message, "headers": [*message["headers"], header]}
        await send(message)

    return send_numbered
