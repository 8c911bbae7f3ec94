import json
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from lambda_fn.http.gateway import create_handler
from lambda_fn.inference.warm_up import warm_up
from lambda_fn.media.bucket_source import CALLER
from lambda_fn.observability import metrics
from model_bundle import Prediction, Predictor
from model_bundle.catalog import Catalog
from tests.lambda_fn.events import rest_event
from tests.lambda_fn.metric_lines import figures, total


@pytest.mark.parametrize(("kind", "warmed"), [("provisioned-concurrency", 1), ("on-demand", 0), ("", 0)])
def test_only_what_is_started_ahead_is_warmed_up(
    models_folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str, warmed: int
) -> None:
    calls: list[Catalog] = []
    monkeypatch.setattr(Catalog, "warm_up", lambda catalog: calls.append(catalog))
    monkeypatch.setenv("VALENCE_MODELS", str(models_folder))
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", kind)
    handler = create_handler()
    assert len(calls) == warmed
    answer = handler(rest_event("POST", "/v1/predict", '{"text": "good"}'), None)
    assert json.loads(answer["body"])["sentiment"]["label"] == "positive"


@pytest.mark.parametrize("event", [{}, {"source": "aws.events"}, {"warmer": True}, {"Records": []}, [], "ping", None])
def test_an_event_that_is_no_request_gets_the_names_of_the_models(
    models_folder: Path, monkeypatch: pytest.MonkeyPatch, event: Any
) -> None:
    monkeypatch.setenv("VALENCE_MODELS", str(models_folder))
    assert create_handler()(event, None) == {"status": "ok", "models": ["reviews"]}


def test_whose_request_it_is_comes_from_the_gateway_alone(models_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALENCE_MODELS", str(models_folder))
    handler = create_handler()
    event = rest_event("GET", "/healthz")
    event["requestContext"]["identity"]["apiKeyId"] = "key1"
    handler(event, None)
    assert CALLER.get() == "key1"
    handler(rest_event("GET", "/healthz"), None)
    assert CALLER.get() is None


def test_a_response_that_takes_too_long_is_a_problem_with_its_line_and_metric(
    models_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    released = Event()
    monkeypatch.setenv("VALENCE_MODELS", str(models_folder))
    monkeypatch.setenv("VALENCE_RESPONSE_TIMEOUT_SECONDS", "0.2")
    monkeypatch.setattr(Predictor, "predict_batch", lambda *_: released.wait(30))
    handler = create_handler()
    response = handler(rest_event("POST", "/v1/predict", '{"text": "good"}'), None)
    released.set()
    assert response["statusCode"] == 504
    assert json.loads(response["body"])["code"] == "timeout"
    found = figures("\n".join(line for line in capsys.readouterr().out.splitlines() if "_aws" in line))
    assert total(found, metrics.ERRORS, code="timeout") == 1
    assert total(found, metrics.SERVER_ERRORS) == 1


def test_warming_up_uses_every_model(both_models_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[str] = []
    predict = Predictor.predict_batch

    def noting(predictor: Predictor, items: Any, *more: Any) -> Any:
        outcomes = predict(predictor, items, *more)
        used.extend(outcome.model for outcome in outcomes if isinstance(outcome, Prediction))
        return outcomes

    monkeypatch.setattr(Predictor, "predict_batch", noting)
    warm_up(Catalog(both_models_folder))
    assert sorted(used) == ["posts", "reviews"]
