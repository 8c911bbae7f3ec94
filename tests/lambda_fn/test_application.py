import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from lambda_fn.application import create_application
from lambda_fn.http.problems import KINDS
from lambda_fn.settings import read_settings
from model_bundle.catalog import Catalog
from tests.tiny_bundle import write_tiny_bundle

# Unlike text() alone, this makes lone surrogates too; json.dumps then escapes them.
TEXT = st.text(st.characters())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=10,
)
ITEM = st.fixed_dictionaries(
    {},
    optional={
        "text": TEXT | JSON,
        "genre": TEXT | st.lists(TEXT) | JSON,
        "year": st.integers(1850, 2120) | JSON,
        "image_url": st.sampled_from(["https://10.0.0.1/a.png", "s3://bucket/key", "file:///etc/passwd"]) | TEXT | JSON,
        "image_base64": st.binary().map(lambda content: b64encode(content).decode()) | TEXT | JSON,
        "on_media_error": st.sampled_from(["fail", "degrade"]) | JSON,
        "explain": st.lists(st.sampled_from(["modalities", "words"])) | JSON,
        "model": st.none() | st.sampled_from(["reviews", "posts"]) | TEXT,
    },
)


def _post(client: TestClient, path: str, body: bytes) -> None:
    response = client.post(path, content=body, headers={"content-type": "application/json"})
    assert response.status_code < 500
    if response.status_code != 200:
        assert response.json()["code"] in KINDS
        assert response.headers["content-type"] == "application/problem+json"


@settings(max_examples=100, deadline=None)
@given(body=JSON | ITEM)
def test_no_json_breaks_a_prediction(post_client: TestClient, body: Any) -> None:
    _post(post_client, "/v1/predict", json.dumps(body).encode())


@settings(max_examples=50, deadline=None)
@given(items=st.lists(JSON | ITEM, max_size=5))
def test_no_json_breaks_a_batch(post_client: TestClient, items: list[Any]) -> None:
    _post(post_client, "/v1/predict/batch", json.dumps({"items": items}).encode())


@settings(max_examples=100, deadline=None)
@given(body=st.binary() | st.builds(lambda inner: b'{"text": "' + inner + b'"}', st.binary()))
def test_no_bytes_break_a_prediction(client: TestClient, body: bytes) -> None:
    _post(client, "/v1/predict", body)


@settings(max_examples=50, deadline=None)
@given(value=st.binary(max_size=40))
def test_no_content_type_breaks_a_prediction(client: TestClient, value: bytes) -> None:
    response = client.post("/v1/predict", content=b'{"text": "good"}', headers=[(b"content-type", value)])
    assert response.status_code in {200, 415}


def test_a_broken_model_is_an_internal_error_and_the_service_goes_on(tmp_path: Path) -> None:
    write_tiny_bundle(tmp_path)
    application = create_application(read_settings(), Catalog(tmp_path))
    (tmp_path / "reviews" / "text.onnx").write_bytes(b"nonsense")
    with TestClient(application) as client:
        response = client.post("/v1/predict", json={"text": "good"})
        assert (response.status_code, response.json()["code"]) == (500, "internal_error")
        assert str(tmp_path) not in response.text
        assert client.post("/v1/predict", json={"year": 1994}).status_code == 200


def test_two_applications_share_nothing(client: TestClient, catalog: Catalog) -> None:
    small = create_application(read_settings(max_text_characters=3), catalog)
    with TestClient(small) as other:
        assert other.post("/v1/predict", json={"text": "good"}).json()["code"] == "text_too_long"
    assert client.post("/v1/predict", json={"text": "good"}).status_code == 200


class TestOtherOrigins:
    ORIGIN = "https://example.com"

    def test_no_page_elsewhere_is_let_in(self, client: TestClient) -> None:
        response = client.post("/v1/predict", json={"text": "good"}, headers={"Origin": self.ORIGIN})
        assert "access-control-allow-origin" not in response.headers

    @pytest.mark.parametrize(("origin", "let_in"), [(ORIGIN, True), ("https://example.org", False)])
    def test_the_one_that_is_named_is(self, catalog: Catalog, origin: str, let_in: bool) -> None:
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        with TestClient(create_application(read_settings(cors_origin=self.ORIGIN), catalog)) as client:
            for body in ({"text": "good"}, {}):
                response = client.post("/v1/predict", json=body, headers=headers)
                assert (response.headers.get("access-control-allow-origin") == origin) is let_in
            assert (client.options("/v1/predict", headers=headers).status_code == 200) is let_in


class TestDescription:
    @pytest.fixture
    def api(self, client: TestClient) -> dict[str, Any]:
        described: dict[str, Any] = client.get("/openapi.json").json()
        return described

    def test_every_route_is_described(self, api: dict[str, Any]) -> None:
        assert api["paths"].keys() == {
            "/v1/predict",
            "/v1/predict/batch",
            "/v1/models",
            "/healthz",
            "/ping",
            "/execution-parameters",
            "/invocations",
        }
        for operations in api["paths"].values():
            for operation in operations.values():
                assert operation["description"]

    def test_every_code_that_a_prediction_may_meet_is_listed(self, api: dict[str, Any]) -> None:
        responses = api["paths"]["/v1/predict"]["post"]["responses"]
        described = " ".join(response["description"] for response in responses.values())
        unlisted = {code for code in KINDS if f"`{code}`" not in described}
        assert unlisted == {"invalid_http", "not_found", "method_not_allowed", "batch_too_large"}
        assert responses["422"]["content"].keys() == {"application/problem+json"}

    def test_generators_learn_the_key_and_where_the_service_is(self, api: dict[str, Any]) -> None:
        scheme = api["components"]["securitySchemes"]["ApiKey"]
        assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "x-api-key")
        assert api["security"] == [{"ApiKey": []}, {}]
        assert api["servers"] == [{"url": "/"}]

    def test_no_generator_takes_an_optional_field_for_a_required_one(self, api: dict[str, Any]) -> None:
        schemas = api["components"]["schemas"]
        assert [name for name, schema in schemas.items() if '"default"' in json.dumps(schema)] == []
        assert "required" not in schemas["PredictionRequest"]
        assert schemas["BatchRequest"]["required"] == ["items"]
        assert "emotion" not in schemas["SinglePrediction"]["required"]

    def test_null_is_described_wherever_it_is_taken(self, api: dict[str, Any]) -> None:
        fields = api["components"]["schemas"]["PredictionRequest"]["properties"]
        assert [name for name, field in fields.items() if {"type": "null"} not in field["anyOf"]] == []

    def test_what_a_loaded_service_answers_is_described(self, api: dict[str, Any]) -> None:
        for path in ("/v1/predict", "/v1/predict/batch", "/invocations"):
            assert {"408", "413", "415", "503"} <= api["paths"][path]["post"]["responses"].keys()
        assert "503" in api["paths"]["/ping"]["get"]["responses"]

    def test_batch_items_are_described_as_requests(self, api: dict[str, Any]) -> None:
        items = api["components"]["schemas"]["BatchRequest"]["properties"]["items"]
        assert items["items"] == {"$ref": "#/components/schemas/PredictionRequest"}

    def test_genre_and_year_are_described_as_what_they_take(self, api: dict[str, Any]) -> None:
        properties = api["components"]["schemas"]["PredictionRequest"]["properties"]
        assert [option["type"] for option in properties["genre"]["anyOf"]] == ["string", "array", "null"]
        assert properties["year"]["anyOf"][0] == {"type": "integer", "minimum": 1870, "maximum": 2100}

    def test_every_reference_leads_somewhere(self, api: dict[str, Any]) -> None:
        names = {part.split('"')[0] for part in json.dumps(api).split("#/components/schemas/")[1:]}
        assert names <= api["components"]["schemas"].keys()

    def test_the_examples_are_true(self, api: dict[str, Any], client: TestClient) -> None:
        schemas = api["components"]["schemas"]
        single = client.post("/v1/predict", json=schemas["PredictionRequest"]["examples"][0])
        batch = client.post("/v1/predict/batch", json=schemas["BatchRequest"]["examples"][0])
        assert single.json().keys() == schemas["SinglePrediction"]["examples"][0].keys()
        example = schemas["BatchResponse"]["examples"][0]
        assert batch.json().keys() == example.keys()
        assert [result.keys() for result in batch.json()["results"]] == [result.keys() for result in example["results"]]
        assert batch.json()["results"][1]["error"] == example["results"][1]["error"]
