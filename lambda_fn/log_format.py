"""How a log line is written: JSON by Powertools, and never anything that a caller may have sent."""

from logging import LogRecord
from traceback import TracebackException
from types import TracebackType
from typing import Any, Final

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

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
        """Return the traceback; of exceptions that are not our own words, only the type."""
        if ei[1] is None:
            return ""
        trace = TracebackException.from_exception(ei[1])
        _silence(trace, ei[1])
        return "".join(trace.format()).rstrip()


def _silence(trace: TracebackException | None, error: BaseException | None) -> None:
    if trace is None or error is None:
        return
    if not isinstance(error, ValenceError):
        settable: Any = trace
        settable._str = LEFT_OUT
        settable.__notes__ = None
    _silence(trace.__cause__, error.__cause__)
    _silence(trace.__context__, error.__context__)
