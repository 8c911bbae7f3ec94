"""Paths below stages and mappings, with the events that API Gateway documents, and paths that only look like ours."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from lambda_fn.application import create_application
from lambda_fn.http.gateway import Handler, create_handler
from lambda_fn.settings import read_settings
from model_bundle.catalog import Catalog
from tests.lambda_fn.events import http_event, rest_event
from tests.lambda_fn.served import connect, everything, request, served

BODY = '{"text": "good"}'
PROXY: dict[str, Any] = {"resource": "/{proxy+}", "pathParameters": {"proxy": "v1/predict"}}


def _rest(path: str, called: str, **more: Any) -> dict[str, Any]:
    context = {
        "requestId": "gateway-request-id",
        "path": called,
        "stage": "prod",
        "identity": {"sourceIp": "127.0.0.1"},
    }
    return rest_event("POST", path, BODY, **{"requestContext": context, **PROXY, **more})


@pytest.fixture
def handler_of(models_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Handler]:
    def handler(base_path: str = "") -> Handler:
        monkeypatch.setenv("VALENCE_MODELS", str(models_folder))
        monkeypatch.setenv("VALENCE_BASE_PATH", base_path)
        return create_handler()

    return handler


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(_rest("/v1/predict", "/prod/v1/predict"), id="REST stage"),
        pytest.param(_rest("/api/v1/predict", "/api/v1/predict"), id="REST custom domain with a mapping"),
        pytest.param(
            _rest("/api/v1/predict", "/api/v1/predict", resource="/v1/predict", pathParameters=None),
            id="REST mapping without a proxy resource",
        ),
        pytest.param(
            _rest("/v1/predict", "/prod/v1/predict", resource="/v1/{proxy+}", pathParameters={"proxy": "predict"}),
            id="REST proxy resource below a parent",
        ),
        pytest.param(_rest("/v1/predict", "/v1/v1/predict"), id="REST stage that is called v1"),
        pytest.param(http_event("POST", "/v1/predict", BODY), id="HTTP API, $default stage"),
        pytest.param(http_event("POST", "/prod/v1/predict", BODY, stage="prod"), id="HTTP API, named stage"),
        pytest.param(http_event("POST", "/v1/v1/predict", BODY, stage="v1"), id="HTTP API, stage called v1"),
        pytest.param(
            http_event(
                "POST", "/api/v1/predict", BODY, routeKey="ANY /{proxy+}", pathParameters={"proxy": "v1/predict"}
            ),
            id="HTTP API, custom domain with a mapping",
        ),
        pytest.param(http_event("POST", "//v1//predict", BODY), id="doubled slashes"),
    ],
)
def test_a_base_path_is_found(handler_of: Callable[..., Handler], event: dict[str, Any]) -> None:
    response = handler_of()(event, None)
    assert response["statusCode"] == 200, response
    assert json.loads(response["body"])["sentiment"]["label"] == "positive"


def test_a_mapping_of_the_default_route_is_a_setting(handler_of: Callable[..., Handler]) -> None:
    event = http_event("POST", "/api/v2/v1/predict", BODY)
    assert handler_of()(event, None)["statusCode"] == 404
    assert handler_of("/api/v2")(event, None)["statusCode"] == 200


@pytest.mark.parametrize(
    ("event", "base"),
    [
        (http_event("GET", "/prod/openapi.json", stage="prod"), "/prod"),
        (
            rest_event(
                "GET",
                "/openapi.json",
                requestContext={"path": "/prod/openapi.json", "stage": "prod", "identity": {"sourceIp": None}},
            ),
            "/prod",
        ),
        (http_event("GET", "/openapi.json"), "/"),
    ],
)
def test_the_description_says_where_the_service_is(
    handler_of: Callable[..., Handler], event: dict[str, Any], base: str
) -> None:
    assert json.loads(handler_of()(event, None)["body"])["servers"] == [{"url": base}]


def test_the_front_door_leads_to_the_docs_of_its_stage(handler_of: Callable[..., Handler]) -> None:
    response = handler_of()(http_event("GET", "/prod", stage="prod"), None)
    assert response["headers"]["location"] == "/prod/docs"


@pytest.mark.parametrize(
    "path",
    ["/v1/predict%0a", "/v1/predict\n", "/v1%2fpredict", "/v1/predict%00", "/v1/%2e%2e/v1/predict", "/api/v1/predict"],
)
def test_what_only_looks_like_a_route_is_none(handler_of: Callable[..., Handler], path: str) -> None:
    for event in (http_event("POST", path, BODY), rest_event("POST", path, BODY)):
        assert handler_of()(event, None)["statusCode"] == 404


@pytest.fixture(scope="module")
def port(catalog: Catalog) -> Iterator[int]:
    with served(read_settings(base_path="/api"), catalog) as port:
        yield port


class TestOnASocket:
    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/v1/predict", 200),
            ("//v1/predict", 200),
            ("/v1/%70redict", 200),
            ("/api/v1/predict?x=1", 200),
            ("/v1/predict%0a", 404),
            ("/v1%2fpredict", 404),
            ("/v1/predict/", 404),
            ("/apis/v1/predict", 404),
            ("/v1/predict;x", 404),
        ],
    )
    def test_paths_are_read_as_they_are_spelt(self, port: int, path: str, status: int) -> None:
        with connect(port) as connection:
            connection.sendall(request(path, BODY.encode(), "Connection: close"))
            assert everything(connection).startswith(b"HTTP/1.1 %d " % status)


@pytest.mark.parametrize("path", ["/healthz", "/ping", "/v1/models", "/openapi.json", "/docs"])
def test_head_is_get_without_a_body(catalog: Catalog, path: str) -> None:
    with TestClient(create_application(read_settings(), catalog)) as client:
        head, got = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]
