import json
import logging
from collections.abc import Callable

import pytest
from starlette.requests import ClientDisconnect
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from lambda_fn.observability.request_log import LogFormat, RequestLog
from lambda_fn.observability.request_record import ColdStart

Fields = dict[str, object]
NAMES = ("method", "path", "status", "code", "duration_ms", "request_id", "model")


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], list[Fields]]:
    caplog.set_level(logging.INFO, "valence")
    return lambda: [
        {name: vars(record)[name] for name in NAMES} for record in caplog.records if record.getMessage() == "request"
    ]


def _client(error: Exception) -> TestClient:
    async def fail(scope: Scope, receive: Receive, send: Send) -> None:
        raise error

    return TestClient(RequestLog(fail, ColdStart()))


def test_a_request_is_one_line(client: TestClient, logged: Callable[[], list[Fields]]) -> None:
    client.post("/v1/predict", json={"text": "good secret"}, headers={"x-request-id": "abc"})
    (line,) = logged()
    duration = line.pop("duration_ms")
    assert isinstance(duration, float)
    assert line == {
        "method": "POST",
        "path": "/v1/predict",
        "status": 200,
        "code": None,
        "request_id": "abc",
        "model": "reviews",
    }


def test_an_unheard_of_method_is_not_repeated(client: TestClient, logged: Callable[[], list[Fields]]) -> None:
    client.request("X" * 1000, "/healthz")
    assert [line["method"] for line in logged()] == ["other"]


def test_a_problem_is_logged_by_its_code(client: TestClient, logged: Callable[[], list[Fields]]) -> None:
    client.post("/v1/predict", json={})
    client.get("/secret")
    found = [(line["status"], line["code"], line["path"]) for line in logged()]
    assert found == [(422, "nothing_to_predict", "/v1/predict"), (404, "not_found", None)]


def test_nothing_that_was_sent_is_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for body in ({"text": "secret"}, {"secret": 1}, {"text": "good", "genre": "secret"}, {"model": "secret"}):
        client.post("/v1/predict?secret", json=body)
        client.post("/v1/predict/batch", json={"items": [body]})
    lines = [LogFormat().format(record) for record in caplog.records if record.name == "valence"]
    assert len(lines) == 8
    assert "secret" not in "".join(lines)


def test_an_unforeseen_error_is_answered_and_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    response = _client(ZeroDivisionError("secret")).get("/fail")
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "internal_error"
    assert response.json()["request_id"] == response.headers["x-request-id"]
    assert "secret" not in response.text
    (failure,) = [record for record in caplog.records if record.levelname == "ERROR"]
    line = LogFormat().format(failure)
    assert "ZeroDivisionError" in line
    assert "secret" not in line
    assert json.loads(line)["request_id"] == response.headers["x-request-id"]


def test_a_caller_who_left_is_no_failure(caplog: pytest.LogCaptureFixture, logged: Callable[[], list[Fields]]) -> None:
    with pytest.raises(AssertionError):  # the test client misses the answer that nobody waits for
        _client(ClientDisconnect()).get("/fail")
    assert [line["status"] for line in logged()] == [499]
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_an_answer_that_breaks_off_is_not_answered_twice(logged: Callable[[], list[Fields]]) -> None:
    async def begin(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        TestClient(RequestLog(begin, ColdStart())).get("/begin")
    assert [(line["status"], line["code"]) for line in logged()] == [(200, "internal_error")]
