from contextlib import AbstractContextManager
from typing import Any

import pytest
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from lambda_fn.errors import OverloadedError
from lambda_fn.http.problems import HANDLERS
from lambda_fn.http.router import OperationList
from lambda_fn.observability.request_record import open_record


class Number(BaseModel):
    value: int
    remark: str | None = None


def _client(operations: OperationList) -> TestClient:
    application = Starlette(routes=[operation.route() for operation in operations], exception_handlers=HANDLERS)

    async def numbered(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            open_record(scope)
        await application(scope, receive, send)

    return TestClient(numbered)


@pytest.fixture
def operations() -> OperationList:
    operations = OperationList("/v1", tags=("numbers",))

    @operations.post("/double", {})
    async def double(body: Number) -> Number:
        """Double it."""
        return Number(value=2 * body.value)

    @operations.get("/path")
    async def path(request: Request) -> PlainTextResponse:
        return PlainTextResponse(request.url.path)

    return operations


def test_a_function_answers_with_its_model(operations: OperationList) -> None:
    response = _client(operations).post("/v1/double", json={"value": 21})
    assert (response.status_code, response.text) == (200, '{"value":42}')
    assert response.headers["content-type"] == "application/json"


def test_a_body_that_does_not_fit_is_a_problem(operations: OperationList) -> None:
    response = _client(operations).post("/v1/double", json={"value": "secret"})
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "value")
    assert "secret" not in response.text


def test_a_coroutine_may_answer_with_a_whole_response(operations: OperationList) -> None:
    assert _client(operations).get("/v1/path").text == "/v1/path"


def test_a_list_knows_its_operations(operations: OperationList) -> None:
    assert [(operation.method, operation.path, operation.tags) for operation in operations] == [
        ("POST", "/v1/double", ("numbers",)),
        ("GET", "/v1/path", ("numbers",)),
    ]


def test_a_request_that_is_not_admitted_is_not_read(operations: OperationList) -> None:
    def refuse() -> AbstractContextManager[None]:
        raise OverloadedError("Full.")

    @operations.post("/full", {}, refuse)
    async def full(body: Number) -> Number:
        raise AssertionError

    response = _client(operations).post("/v1/full", content=b"no JSON")
    assert (response.status_code, response.json()["code"], response.headers["retry-after"]) == (503, "overloaded", "1")
