"""The handler under Lambda's real runtime client."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from model_bundle import Item, Predictor
from model_bundle.folder import write_spec
from tests.lambda_fn.events import http_event, rest_event
from tests.lambda_fn.runtime_api import RuntimeApi, lambda_runtime, runtime_api
from tests.tiny_bundle import tiny_spec, write_tiny_bundle

pytestmark = pytest.mark.slow

ITEM = {"text": "A great film!", "genre": "horror", "year": 1950}


EVENTS = pytest.mark.parametrize("event_of", [rest_event, http_event])


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lambda") / "log"


@pytest.fixture(scope="module")
def function(models_folder: Path, log: Path) -> Iterator[RuntimeApi]:
    with runtime_api() as api, lambda_runtime(api, models_folder, log):
        yield api


def _answer(response: dict[str, Any], status: int = 200) -> dict[str, Any]:
    assert response["statusCode"] == status, response
    assert response["isBase64Encoded"] is False
    assert response["headers"]["x-request-id"] == "gateway-request-id"
    answer: dict[str, Any] = json.loads(response["body"])
    return answer


def _problem(response: dict[str, Any], status: int) -> dict[str, Any]:
    problem = _answer(response, status)
    assert response["headers"]["content-type"] == "application/problem+json"
    assert problem["request_id"] == "gateway-request-id"
    return problem


@EVENTS
def test_a_prediction_is_the_predictors_own(function: RuntimeApi, predictor: Predictor, event_of: Any) -> None:
    answer = _answer(function.invoke(event_of("POST", "/v1/predict", json.dumps(ITEM))))
    expected = predictor.predict(Item(text="A great film!", genres=("horror",), year=1950)).heads["sentiment"]
    assert answer["sentiment"]["label"] == expected.label
    assert answer["sentiment"]["confidence"] == pytest.approx(expected.confidence, abs=1e-6)
    assert answer["request_id"] == "gateway-request-id"


@EVENTS
def test_a_body_in_base64_is_read(function: RuntimeApi, event_of: Any) -> None:
    body = base64.b64encode('{"text": "great \N{GRINNING FACE}"}'.encode()).decode()
    answer = _answer(function.invoke(event_of("POST", "/v1/predict", body, isBase64Encoded=True)))
    assert answer["sentiment"]["label"] == "positive"


@EVENTS
def test_a_batch_is_answered(function: RuntimeApi, event_of: Any) -> None:
    body = json.dumps({"items": [ITEM, {"text": 3}]})
    results = _answer(function.invoke(event_of("POST", "/v1/predict/batch", body)))["results"]
    assert results[0]["prediction"]["sentiment"]["label"] == "positive"
    assert results[1]["error"]["code"] == "invalid_request"


@EVENTS
@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/v1/predict", "{", 400, "invalid_json"),
        ("POST", "/v1/predict", None, 400, "invalid_json"),
        ("POST", "/v1/predict", "{}", 422, "nothing_to_predict"),
        ("POST", "/v1/predict", " " * 5 * 1024 * 1024 + "{}", 413, "body_too_large"),
        ("GET", "/v1/predict", None, 405, "method_not_allowed"),
        ("GET", "/nothing", None, 404, "not_found"),
    ],
)
def test_a_problem_is_an_answer(
    function: RuntimeApi, event_of: Any, method: str, path: str, body: str | None, status: int, code: str
) -> None:
    assert _problem(function.invoke(event_of(method, path, body)), status)["code"] == code


@EVENTS
def test_what_the_service_says_of_itself_comes_through(function: RuntimeApi, event_of: Any) -> None:
    assert _answer(function.invoke(event_of("GET", "/healthz")))["models"] == ["reviews"]
    assert _answer(function.invoke(event_of("GET", "/openapi.json")))["info"]["title"] == "Valence"
    assert "<!doctype html>" in function.invoke(event_of("GET", "/docs"))["body"]


def test_without_a_gateway_the_request_id_is_lambdas(function: RuntimeApi) -> None:
    event = rest_event("GET", "/healthz", requestContext={"identity": {"sourceIp": None}})
    assert function.invoke(event)["headers"]["x-request-id"] == "lambda-request-id"


def test_each_request_is_one_json_line(function: RuntimeApi, log: Path) -> None:
    function.invoke(rest_event("GET", "/v1/models"))
    lines = log.read_text(encoding="utf-8").splitlines()
    written = [json.loads(line) for line in lines]
    *_, last = logged = [line for line in written if "_aws" not in line]
    assert (last["path"], last["status"], last["request_id"]) == ("/v1/models", 200, "gateway-request-id")
    assert {line["message"] for line in logged} == {"request"}


def test_a_broken_model_is_an_internal_error_and_not_a_crash(tmp_path: Path) -> None:
    bundle = write_tiny_bundle(tmp_path / "models")
    (bundle / "text.onnx").write_bytes(b"nonsense")
    write_spec(bundle, tiny_spec(bundle))
    with runtime_api() as api, lambda_runtime(api, tmp_path / "models", tmp_path / "log"):
        for _ in range(2):
            response = api.invoke(rest_event("POST", "/v1/predict", json.dumps(ITEM)))
            assert _problem(response, 500)["code"] == "internal_error"
            assert "text.onnx" not in response["body"]
        _answer(api.invoke(rest_event("POST", "/v1/predict", '{"year": 1994}')))
    assert "text.onnx can't be opened" in (tmp_path / "log").read_text(encoding="utf-8")


def test_a_function_without_models_says_so_when_it_starts(tmp_path: Path) -> None:
    with runtime_api() as api, lambda_runtime(api, tmp_path, tmp_path / "log"):
        kind, error = api.report()
    assert kind == "init/error"
    assert (error["errorType"], "holds no bundle" in error["errorMessage"]) == ("BundleError", True)
