"""One JSON line on standard output for each request, and its metrics. Never contains what was sent."""

import logging
from logging import LogRecord
from time import perf_counter
from traceback import TracebackException
from types import TracebackType
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lambda_fn.http.problems import INTERNAL, problem_of, problem_response
from lambda_fn.observability.metrics import SERVICE
from lambda_fn.observability.request_record import HEADER, ColdStart, RequestRecord, open_record, request_metrics
from model_bundle.errors import ValenceError

LEFT_OUT: Final = "(message left out: it may quote what was sent)"
ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class LogFormat(LambdaPowertoolsFormatter):
    """One JSON object on a line, with the time in UTC."""

    def __init__(self) -> None:
        super().__init__(
            use_rfc3339=True,
            utc=True,
            serialize_stacktrace=False,
            log_record_order=["level", "message", "timestamp"],
            location=None,
        )

    def format(self, record: LogRecord) -> str:
        """Return the line."""
        vars(record).pop("taskName", None)  # Python 3.12's own addition, which says nothing here
        line: str = super().format(record)
        return line

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802  # logging's name
        """Return the traceback. Of exceptions that are not Valence's own it has only the type."""
        if ei[1] is None:
            return ""
        trace = TracebackException.from_exception(ei[1])
        _silence(trace, ei[1])
        return "".join(trace.format()).rstrip()


def _silence(trace: TracebackException | None, error: BaseException | None) -> None:
    if trace is None or error is None:
        return
    settable: Any = trace
    if not isinstance(error, ValenceError):
        settable._str = LEFT_OUT
        settable.__notes__ = None
    if isinstance(error, SyntaxError):  # its source line may be what was sent
        settable.text, settable.filename, settable.msg = None, None, LEFT_OUT
    if isinstance(error, BaseExceptionGroup):
        for inner, own in zip(trace.exceptions or (), error.exceptions, strict=False):
            _silence(inner, own)
    _silence(trace.__cause__, error.__cause__)
    _silence(trace.__context__, error.__context__)


LOGGER: Final = Logger(service=SERVICE, level=logging.INFO, logger_formatter=LogFormat())
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
OTHER: Final = "other"
"""Stands for any other method: a caller's may be any word of any length."""
CLIENT_CLOSED_REQUEST: Final = 499
_TALKATIVE: Final = ("mangum.http", "httpcore2", "boto3", "botocore", "PIL")
"""Loggers of libraries whose lines would contain paths, URLs or keys of objects."""


class RequestLog:
    """ASGI middleware, outermost: assigns the request id, responds to unhandled errors, logs and measures."""

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
            await self._respond(record, scope, receive, _numbered(record, send))
        finally:
            self._report(record, scope, round((perf_counter() - started) * 1000, 3))

    async def _respond(self, record: RequestRecord, scope: Scope, receive: Receive, send: Send) -> None:
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
        report(record, scope["method"], route, milliseconds, self._cold_start)


def report(
    record: RequestRecord,
    method: str | None,
    route: str | None,
    milliseconds: float,
    cold_start: ColdStart | None = None,
) -> None:
    """Write the line and the metrics of a request that has been answered."""
    measured = request_metrics(record, route, milliseconds)
    cold = cold_start is not None and cold_start.measure(measured)
    if cold_start is not None:
        cold_start.measure_first_uses(measured, record.predictions, milliseconds)
    measured.emit()
    fields = {
        "method": method if method in METHODS else OTHER,
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
    """Write log lines from this level on, once each."""
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
