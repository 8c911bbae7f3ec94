"""The description is read off the same functions that answer: FastAPI, serving them, would answer alike."""

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from lambda_fn.http.routes import prediction_routes
from lambda_fn.inference.prediction_service import PredictionService
from lambda_fn.observability.request_log import RequestLog
from lambda_fn.observability.request_record import ColdStart
from lambda_fn.settings import Settings
from model_bundle.catalog import Catalog


@pytest.fixture
def fastapi_client(settings: Settings, catalog: Catalog) -> TestClient:
    api = FastAPI()
    for operation in prediction_routes(PredictionService(settings, catalog)):
        api.add_api_route(
            operation.path, operation.endpoint, methods=[operation.method], response_model_exclude_none=True
        )
    return TestClient(RequestLog(api, ColdStart()))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/predict", {"text": "A great film!", "genre": "horror", "year": 1950}),
        ("/v1/predict", {"text": "good " * 100, "genre": ["Western"]}),
        ("/v1/predict", {"text": "good", "image_base64": "AAAA", "on_media_error": "degrade", "model": "reviews"}),
        ("/v1/predict", {"text": "good film", "explain": ["modalities", "words"]}),
        ("/v1/predict/batch", {"items": [{"text": "good"}, {"text": 3}, {}]}),
    ],
)
def test_fastapi_would_answer_alike(client: TestClient, fastapi_client: TestClient, path: str, body: object) -> None:
    ours, theirs = client.post(path, json=body), fastapi_client.post(path, json=body)
    assert ours.status_code == theirs.status_code == 200
    varying = {"request_id", "timing_ms"}
    assert {name: value for name, value in ours.json().items() if name not in varying} == {
        name: value for name, value in theirs.json().items() if name not in varying
    }
