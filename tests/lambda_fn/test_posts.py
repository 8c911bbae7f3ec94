"""Posts over HTTP: text and image, by URL or inline."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from lambda_fn.application import create_application
from lambda_fn.settings import read_settings
from model_bundle import Item, Predictor
from model_bundle.catalog import Catalog
from tests.lambda_fn.media.servers import always, answer, serving
from tests.pictures import BLUE, RED, encoded, plain

PICTURE = encoded(plain(RED), "PNG")
INLINE = b64encode(PICTURE).decode()
TEXT = "a great film"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(always(answer(PICTURE))) as port:
        yield f"http://127.0.0.1:{port}/cat.png"


def _post(client: TestClient, path: str = "", **body: Any) -> dict[str, Any]:
    answered: dict[str, Any] = client.post(f"/v1/predict{path}", json=body).json()
    return answered


def test_a_picture_at_a_url_is_seen(post_client: TestClient, post_predictor: Predictor, url: str) -> None:
    got = _post(post_client, text=TEXT, image_url=url)
    expected = post_predictor.predict(Item(text=TEXT, image=PICTURE)).heads["sentiment"]
    assert got["model"] == "posts"
    assert got["sentiment"]["scores"] == pytest.approx(dict(expected.scores), abs=1e-6)
    assert got["modalities"] == {"text": {"present": True}, "image": {"present": True}}
    assert got["timing_ms"].keys() == {"fetch", "read", "decode", "encode", "fuse", "total"}
    assert "explanation" not in got


def test_an_inline_picture_is_the_same(post_client: TestClient, url: str) -> None:
    fetched, inline = (_post(post_client, text=TEXT, **how) for how in ({"image_url": url}, {"image_base64": INLINE}))
    assert inline["sentiment"] == fetched["sentiment"]
    assert "fetch" not in inline["timing_ms"]


def test_a_short_text_is_the_posts_models_too(post_client: TestClient) -> None:
    assert _post(post_client, text=TEXT)["model"] == "posts"
    assert _post(post_client, text=TEXT, model="reviews")["model"] == "reviews"
    assert _post(post_client, text=TEXT, year=1994)["model"] == "reviews"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"image_url": "http://169.254.169.254/latest/meta-data/"}, 422, "media_url_refused"),
        ({"image_url": "file:///etc/passwd"}, 422, "media_url_invalid"),
        ({"image_url": "http://127.0.0.1:9/"}, 424, "media_unreachable"),
        ({"image_url": "s3://somebody-elses/a.png"}, 422, "media_url_refused"),
        ({"image_url": "x"}, 422, "media_url_invalid"),
        ({"image_base64": "AAAA"}, 422, "media_type_unsupported"),
        ({"image_base64": "iVBORw0KGgoAAAANSUhEUg=="}, 422, "image_undecodable"),
        ({"image_base64": "nonsense!"}, 422, "invalid_request"),
        ({"image_base64": INLINE, "image_url": "https://example.com/"}, 422, "invalid_request"),
        ({"image_base64": INLINE, "model": "reviews"}, 422, "media_unread"),
    ],
)
def test_a_bad_picture_is_a_problem(post_client: TestClient, body: dict[str, Any], status: int, code: str) -> None:
    response = post_client.post("/v1/predict", json={"text": TEXT, **body})
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"
    batch = _post(post_client, "/batch", items=[{"text": "good"}, {"text": TEXT, **body}])
    assert "prediction" in batch["results"][0]
    assert batch["results"][1]["error"]["code"] == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"image_url": "http://127.0.0.1:9/"}, "media_unreachable"),
        ({"image_base64": "iVBORw0KGgoAAAANSUhEUg=="}, "image_undecodable"),
        ({"image_base64": INLINE, "model": "reviews"}, "media_unread"),
    ],
)
def test_a_text_is_answered_in_spite_of_it_if_wanted(post_client: TestClient, body: dict[str, Any], code: str) -> None:
    got = _post(post_client, text=TEXT, on_media_error="degrade", **body)
    assert [warning["code"] for warning in got["warnings"]] == [code]
    alone = _post(post_client, text=TEXT, model=got["model"])
    assert (got["sentiment"], got["modalities"]) == (alone["sentiment"], alone["modalities"])
    assert _post(post_client, on_media_error="degrade", **body)["code"] == code


def test_a_batch_may_mix_everything(post_client: TestClient, post_predictor: Predictor, url: str) -> None:
    blue = encoded(plain(BLUE), "JPEG")
    items = [
        {"text": TEXT, "image_url": url},
        {"text": TEXT, "year": 1994},
        {"image_base64": b64encode(blue).decode()},
        {"text": TEXT, "image_url": "https://10.0.0.1/", "on_media_error": "degrade"},
    ]
    batch = _post(post_client, "/batch", items=items)
    predictions = [result["prediction"] for result in batch["results"]]
    assert [prediction["model"] for prediction in predictions] == ["posts", "reviews", "posts", "posts"]
    expected = [Item(text=TEXT, image=PICTURE), None, Item(image=blue), Item(text=TEXT)]
    for prediction, item in zip(predictions, expected, strict=True):
        if item is not None:
            own = post_predictor.predict(item).heads["sentiment"]
            assert prediction["sentiment"]["scores"] == pytest.approx(dict(own.scores), abs=1e-5)
    assert batch["timing_ms"]["fetch"] > 0


def test_a_batch_has_few_pictures(both_models: Catalog) -> None:
    with TestClient(create_application(read_settings(max_batch_images=2), both_models)) as client:
        response = client.post("/v1/predict/batch", json={"items": [{"image_base64": INLINE}] * 3})
    assert response.json()["code"] == "batch_too_large"
    assert "at most 2 images; this one has 3" in response.json()["detail"]


def test_modalities_are_explained_beside_a_baseline(post_client: TestClient) -> None:
    got = _post(post_client, text=TEXT, image_base64=INLINE, explain=["modalities"])
    baseline = got["explanation"]["baseline"]["sentiment"]
    for label, score in got["sentiment"]["scores"].items():
        contributions = [modality["contribution"]["sentiment"][label] for modality in got["modalities"].values()]
        assert baseline[label] + sum(contributions) == pytest.approx(score, abs=1e-5)
    assert "words" not in got["explanation"]


def test_words_are_explained_where_they_stand(post_client: TestClient) -> None:
    got = _post(post_client, text=f"\N{GRINNING FACE} {TEXT}", explain=["words"], model="posts")
    spans = got["explanation"]["words"]
    words = [f"\N{GRINNING FACE} {TEXT}"[span["start"] : span["end"]] for span in spans]
    contributions = {word: span["contribution"]["sentiment"] for word, span in zip(words, spans, strict=True)}
    assert max(contributions, key=contributions.__getitem__) == "great"
    assert "baseline" not in got["explanation"]
    assert "contribution" not in got["modalities"]["text"]


def test_an_explanation_changes_no_answer(post_client: TestClient) -> None:
    wishes: list[list[str]] = [[], ["words"], ["modalities", "words"]]
    answers = [_post(post_client, text=TEXT, image_base64=INLINE, explain=explain) for explain in wishes]
    assert len({str(got["sentiment"]) for got in answers}) == 1


def test_each_item_of_a_batch_is_explained_as_it_wants(post_client: TestClient) -> None:
    items = [{"text": TEXT}, {"text": TEXT, "explain": ["words"]}]
    plain_, explained = (result["prediction"] for result in _post(post_client, "/batch", items=items)["results"])
    assert "explanation" not in plain_
    assert explained["explanation"]["words"]


def test_when_a_host_wants_to_be_asked_again_is_passed_on(post_client: TestClient) -> None:
    with serving(always(answer(status="503 Service Unavailable", Retry_After="77"))) as port:
        body = {"text": "good", "image_url": f"http://127.0.0.1:{port}/"}
        refused = post_client.post("/v1/predict", json=body)
        batch = post_client.post("/v1/predict/batch", json={"items": [body]})
    assert (refused.status_code, refused.json()["code"]) == (424, "media_unreachable")
    assert refused.headers["Retry-After"] == "77"
    assert "after 77 seconds" in batch.json()["results"][0]["error"]["detail"]


def test_an_image_that_is_cut_off_is_predicted_with_a_warning(post_client: TestClient) -> None:
    content = encoded(plain(RED, 60, 40), "JPEG")[:-2]
    found = post_client.post("/v1/predict", json={"image_base64": b64encode(content).decode()}).json()
    assert found["modalities"]["image"]["present"]
    assert [warning["code"] for warning in found["warnings"]] == ["media_incomplete"]


def test_audio_and_video_go_to_models_that_read_them(post_client: TestClient) -> None:
    refused = post_client.post("/v1/predict", json={"text": "good", "audio_url": "https://example.com/a.mp3"})
    assert (refused.status_code, refused.json()["code"]) == (422, "media_unread")
    body = {"text": "good", "video_url": "https://example.com/a.mp4", "on_media_error": "degrade"}
    degraded = post_client.post("/v1/predict", json=body).json()
    assert [warning["code"] for warning in degraded["warnings"]] == ["media_unread"]
