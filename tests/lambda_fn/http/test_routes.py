import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from model_bundle import Item, Predictor

PROBLEM_FIELDS = {"type", "title", "status", "detail", "code", "request_id"}


def _problem(response: Any) -> dict[str, Any]:
    problem: dict[str, Any] = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert problem.keys() - {"errors"} == PROBLEM_FIELDS
    assert problem["status"] == response.status_code
    assert problem["request_id"] == response.headers["x-request-id"]
    return problem


def test_a_prediction_is_the_predictors_own(client: TestClient, predictor: Predictor) -> None:
    response = client.post("/v1/predict", json={"text": "A great film!", "genre": "horror", "year": 1950})
    assert response.status_code == 200
    answer = response.json()
    expected = predictor.predict(Item(text="A great film!", genres=("horror",), year=1950))
    assert answer["sentiment"] == {
        "label": "positive",
        "confidence": pytest.approx(expected.heads["sentiment"].confidence, abs=1e-6),
        "scores": pytest.approx(dict(expected.heads["sentiment"].scores), abs=1e-6),
    }
    assert (answer["model"], answer["version"]) == ("reviews", "0.0.1")
    assert answer["modalities"] == {"text": {"present": True}, "metadata": {"present": True}}
    assert answer["warnings"] == []
    assert answer["timing_ms"].keys() == {"read", "encode", "fuse", "total"}
    assert answer["request_id"] == response.headers["x-request-id"]
    assert "emotion" not in answer


def test_a_missing_modality_is_said_to_be_missing(client: TestClient) -> None:
    modalities = client.post("/v1/predict", json={"year": 1994}).json()["modalities"]
    assert modalities == {"text": {"present": False}, "metadata": {"present": True}}


def test_what_was_odd_about_an_item_is_a_warning(client: TestClient) -> None:
    answer = client.post("/v1/predict", json={"text": "good " * 100, "genre": "Western"}).json()
    assert [warning["code"] for warning in answer["warnings"]] == ["text_truncated", "genre_unknown"]


def test_the_callers_request_id_comes_back(client: TestClient) -> None:
    response = client.get("/healthz", headers={"X-Request-ID": "mine-1"})
    assert response.headers["x-request-id"] == "mine-1"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "nothing_to_predict"),
        ({"text": "  "}, 422, "nothing_to_predict"),
        ({"text": "x" * 50_001}, 422, "text_too_long"),
        ({"text": "good", "model": "none"}, 404, "unknown_model"),
        ({"text": "a\0b"}, 422, "invalid_request"),
        ({"text": "good", "year": True}, 422, "invalid_request"),
        ([], 422, "invalid_request"),
        ("good", 422, "invalid_request"),
        (3, 422, "invalid_request"),
    ],
)
def test_what_can_not_be_judged_is_a_problem(client: TestClient, body: Any, status: int, code: str) -> None:
    problem = _problem(client.post("/v1/predict", json=body))
    assert (problem["status"], problem["code"]) == (status, code)


@pytest.mark.parametrize("body", [b"[]", b'"good"', b"3", b"null"])
def test_a_body_that_is_no_object_is_told_so(client: TestClient, body: bytes) -> None:
    problem = _problem(client.post("/v1/predict", content=body))
    assert problem["code"] == "invalid_request"
    assert [error["field"] for error in problem["errors"]] == ["body"]
    assert "Python" not in problem["detail"]
    assert "dictionary" not in problem["detail"]


def test_each_wrong_field_is_listed(client: TestClient) -> None:
    problem = _problem(client.post("/v1/predict", json={"text": 3, "genre": ["Drama", 4], "colour": "red"}))
    assert [error["field"] for error in problem["errors"]] == ["text", "genre.1", "colour"]


@pytest.mark.parametrize("path", ["/v1/predict", "/v1/predict/batch"])
@pytest.mark.parametrize("body", [b"", b"{", b"NaN", b"\xff", b'{"text": "a", "text": "b"}', b"[" * 100_000])
def test_a_body_that_is_no_json_is_a_problem(client: TestClient, path: str, body: bytes) -> None:
    problem = _problem(client.post(path, content=body, headers={"content-type": "application/json"}))
    assert (problem["status"], problem["code"]) == (400, "invalid_json")


def test_a_form_is_an_unsupported_media_type(client: TestClient) -> None:
    problem = _problem(client.post("/v1/predict", data={"text": "good"}))
    assert (problem["status"], problem["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("path", ["/nothing", "/v1/predict/", "/v1", "/docs/oauth2-redirect"])
def test_an_unknown_path_is_a_problem(client: TestClient, path: str) -> None:
    problem = _problem(client.get(path))
    assert (problem["status"], problem["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "/v1/predict", "POST"), ("PUT", "/v1/predict/batch", "POST"), ("POST", "/v1/models", "GET, HEAD")],
)
def test_a_wrong_method_is_told_the_right_one(client: TestClient, method: str, path: str, allowed: str) -> None:
    response = client.request(method, path)
    assert _problem(response)["code"] == "method_not_allowed"
    assert response.headers["allow"] == allowed


def test_a_batch_answers_each_item_in_its_place(client: TestClient, predictor: Predictor) -> None:
    items: list[Any] = [{"text": "good"}, {"text": 3}, {"text": "bad", "year": 1990}, {}]
    response = client.post("/v1/predict/batch", json={"items": items})
    assert response.status_code == 200
    answer = response.json()
    results = answer["results"]
    assert [result["index"] for result in results] == [0, 1, 2, 3]
    assert [sorted(result.keys() - {"index"}) for result in results] == [["prediction"], ["error"]] * 2
    assert results[0]["prediction"]["sentiment"]["label"] == "positive"
    expected = predictor.predict(Item(text="bad", year=1990)).heads["sentiment"]
    assert results[2]["prediction"]["sentiment"]["confidence"] == pytest.approx(expected.confidence, abs=1e-5)
    assert results[1]["error"]["errors"][0]["field"] == "text"
    assert results[3]["error"]["code"] == "nothing_to_predict"
    assert answer["request_id"] == response.headers["x-request-id"]
    assert "total" in answer["timing_ms"]


def test_a_batch_of_bad_items_is_still_an_answer(client: TestClient) -> None:
    response = client.post("/v1/predict/batch", json={"items": [None, 1, "x", [], True]})
    assert response.status_code == 200
    assert {result["error"]["code"] for result in response.json()["results"]} == {"invalid_request"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"items": [{}] * 101}, "batch_too_large"),
        ({"items": []}, "invalid_request"),
        ({"items": {"text": "good"}}, "invalid_request"),
        ({}, "invalid_request"),
        ([{"text": "good"}], "invalid_request"),
    ],
)
def test_a_batch_that_is_none_is_a_problem(client: TestClient, body: Any, code: str) -> None:
    problem = _problem(client.post("/v1/predict/batch", json=body))
    assert (problem["status"], problem["code"]) == (422, code)


def test_half_an_emoji_is_a_warning_of_its_item_alone(client: TestClient) -> None:
    items = [{"text": "good film \ud83d"}, {"text": "good"}, {"text": "bad", "genre": "\ud83d"}, {"\ud83d": 1}]
    results = client.post("/v1/predict/batch", content=json.dumps({"items": items})).json()["results"]
    warnings = [result["prediction"]["warnings"] for result in results[:3]]
    assert [[found["code"] for found in own] for own in warnings] == [
        ["text_repaired"],
        [],
        ["text_repaired", "genre_unknown"],
    ]
    assert results[3]["error"]["errors"] == [{"field": "\ufffd", "message": "is not a known field"}]


def test_the_models_are_listed(client: TestClient) -> None:
    (model,) = client.get("/v1/models").json()["models"]
    assert model["name"] == "reviews"
    assert model["heads"] == {"sentiment": ["negative", "positive"]}
    assert model["measurements"][0]["split"] == "none"


def test_health_names_the_models(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "models": ["reviews"]}


def test_sagemaker_finds_its_two_routes(client: TestClient) -> None:
    assert client.get("/ping").json() == client.get("/healthz").json()
    item = {"text": "A great film!", "genre": "horror"}
    answers = [client.post(path, json=item).json() for path in ("/invocations", "/v1/predict")]
    for answer in answers:
        del answer["request_id"], answer["timing_ms"]
    assert answers[0] == answers[1]
    assert _problem(client.post("/invocations", json={}))["code"] == "nothing_to_predict"
    assert _problem(client.post("/invocations", content=b"a,b"))["code"] == "invalid_json"
