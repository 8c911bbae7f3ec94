"""One JSON line on standard output for each request. Never holds what was sent."""

import json
import logging
import sys
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, Final

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lambda_fn.problems import INTERNAL, problem_of, problem_response
from lambda_fn.request_record import HEADER, RequestRecord, open_record

LOGGER: Final = logging.getLogger("valence")
CLIENT_CLOSED_REQUEST: Final = 499


class RequestLog:
    """ASGI middleware, outermost: numbers the request, answers what nothing else answered, and logs one line."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        record = open_record(scope)
        started = perf_counter()
        try:
            await self._answer(record, scope, receive, _numbered(record, send))
        finally:
            _log(record, scope, perf_counter() - started)

    async def _answer(self, record: RequestRecord, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._application(scope, receive, send)
        except ClientDisconnect:
            record.status = CLIENT_CLOSED_REQUEST
        except Exception as error:
            record.code = INTERNAL
            LOGGER.exception("request failed", extra={"fields": {"request_id": record.request_id}})
            if record.status is not None:
                raise
            await problem_response(problem_of(error), scope)(scope, receive, send)


class JsonFormatter(logging.Formatter):
    """Writes a log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def configure_logging(level: str) -> None:
    """Send the service's log to standard output, and nothing twice."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    LOGGER.handlers = [handler]
    LOGGER.setLevel(level)
    LOGGER.propagate = False
    logging.getLogger("mangum.http").setLevel(logging.WARNING)


def _numbered(record: RequestRecord, send: Send) -> Send:
    header = (HEADER.encode(), record.request_id.encode())

    async def send_numbered(message: Message) -> None:
        if message["type"] == "http.response.start":
            record.status = message["status"]
            message = {**message, "headers": [*message["headers"], header]}
        await send(message)

    return send_numbered


def _log(record: RequestRecord, scope: Scope, seconds: float) -> None:
    route = scope.get("route")
    fields = {
        "method": scope["method"],
        "path": getattr(route, "path", None),
        "status": record.status,
        "code": record.code,
        "duration_ms": round(seconds * 1000, 3),
        "request_id": record.request_id,
        "model": record.model,
    }
    LOGGER.info("request", extra={"fields": fields})
