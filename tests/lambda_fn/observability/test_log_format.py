import json
import logging
import sys
from typing import Any

from lambda_fn.observability.request_log import LogFormat
from model_bundle.errors import BundleError


def _line(error: Exception, *arguments: object) -> dict[str, Any]:
    try:
        raise error
    except Exception:
        record = logging.LogRecord("valence", logging.ERROR, "", 0, "failed: %s", arguments, sys.exc_info())
    record.request_id = "abc"
    record.taskName = "Task-1"
    line = LogFormat().format(record)
    assert "\n" not in line
    parsed: dict[str, Any] = json.loads(line)
    return parsed


def test_a_line_is_json_whatever_is_in_it() -> None:
    line = _line(BundleError('two\n"lines"'), "a\nb")
    assert (line["level"], line["message"], line["request_id"]) == ("ERROR", "failed: a\nb", "abc")
    assert 'BundleError: two\n"lines"' in line["exception"]
    assert line["timestamp"].endswith("+00:00")
    assert line.keys() == {"level", "message", "timestamp", "request_id", "exception", "exception_name"}


def test_words_that_are_not_ours_are_left_out() -> None:
    error = BundleError("our words")
    error.__cause__ = ValueError("secret")
    error.__cause__.add_note("secret")
    error.__cause__.__context__ = KeyError("secret")
    exception = _line(error, "x")["exception"]
    assert "our words" in exception
    assert "ValueError" in exception
    assert "secret" not in exception.replace('"secret"', "")
    assert exception.count("message left out") == 2


def test_words_inside_a_group_are_left_out() -> None:
    nested = ExceptionGroup("secret", [ValueError("secret"), ExceptionGroup("secret", [KeyError("secret")])])
    exception = _line(nested, "x")["exception"]
    assert "KeyError" in exception
    assert "secret" not in exception.replace('"secret"', "")


def test_the_source_of_a_syntax_error_is_left_out() -> None:
    error = SyntaxError("secret", ("secret", 1, 1, "secret secret", 1, 2))
    exception = _line(error, "x")["exception"]
    assert "SyntaxError" in exception
    assert "secret" not in exception.replace('"secret"', "")
