import json
from pathlib import Path

import pytest

from lambda_fn.http.gateway import create_handler
from model_bundle.catalog import Catalog
from tests.lambda_fn.events import rest_event


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
