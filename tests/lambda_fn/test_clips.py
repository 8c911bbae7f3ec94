"""Clips over HTTP: text, audio and video, inline or by URL."""

import logging
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from lambda_fn.application import create_application
from lambda_fn.observability.request_log import LogFormat
from lambda_fn.settings import read_settings
from model_bundle import Item, Predictor
from model_bundle.catalog import Catalog
from tests.clips import audio, video, with_tracks
from tests.drawn_clips import clip, drawn_face, shades, tone
from tests.lambda_fn.media.servers import always, answer, serving
from tests.pictures import encoded
from tests.tiny_bundle import CLIP, MOST_PIXELS, POST, REVIEW, write_tiny_bundle

TEXT = "a great film"
SOUND, SEEN, SILENT = audio(), clip(shades(6), tone(1.0)), clip(shades(6))


def inline(content: bytes) -> str:
    return b64encode(content).decode()


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    for name, modalities in (("reviews", REVIEW), ("posts", POST), ("clips", CLIP)):
        write_tiny_bundle(folder, name, modalities)
    return folder


@pytest.fixture(scope="module")
def predictor(models: Path) -> Predictor:
    return Predictor.open(models / "clips")


@pytest.fixture(scope="module")
def client(models: Path) -> Iterator[TestClient]:
    settings = read_settings(models=models, allow_loopback_media=True, max_clip_seconds=25)
    with TestClient(create_application(settings, Catalog(models))) as client:
        yield client


def predict(client: TestClient, path: str = "", **body: Any) -> dict[str, Any]:
    answered: dict[str, Any] = client.post(f"/v1/predict{path}", json=body).json()
    return answered


def present(answered: dict[str, Any]) -> list[str]:
    return [name for name, modality in answered["modalities"].items() if modality["present"]]


def codes(answered: dict[str, Any]) -> list[str]:
    return [warning["code"] for warning in answered["warnings"]]


def test_a_text_alone_gets_emotions_from_clips(client: TestClient) -> None:
    answered = predict(client, text=TEXT, model="clips")
    assert answered["heads"].keys() == {"emotion", "sentiment"}
    assert {"emotion": answered["emotion"], "sentiment": answered["sentiment"]} == answered["heads"]
    assert present(answered) == ["text"]
    assert "segments" not in answered


def test_audio_alone_is_heard(client: TestClient, predictor: Predictor) -> None:
    answered = predict(client, audio_base64=inline(SOUND))
    expected = predictor.predict(Item(audio=SOUND)).heads["emotion"]
    assert (answered["model"], present(answered), codes(answered)) == ("clips", ["audio"], [])
    assert answered["emotion"]["scores"] == pytest.approx(dict(expected.scores), abs=1e-5)
    assert answered["timing_ms"]["decode"] > 0


def test_a_video_is_seen_and_heard(client: TestClient, predictor: Predictor) -> None:
    answered = predict(client, text=TEXT, video_base64=inline(SEEN))
    expected = predictor.predict(Item(TEXT, video=SEEN)).heads["sentiment"]
    assert (answered["model"], present(answered)) == ("clips", ["text", "audio", "video"])
    assert answered["sentiment"]["scores"] == pytest.approx(dict(expected.scores), abs=1e-4)


def test_a_silent_video_is_only_seen(client: TestClient) -> None:
    answered = predict(client, video_base64=inline(SILENT))
    assert (present(answered), codes(answered)) == (["video"], ["no_audio_track"])


def test_audio_beside_a_video_replaces_its_sound(client: TestClient, predictor: Predictor) -> None:
    answered = predict(client, video_base64=inline(SILENT), audio_base64=inline(SOUND))
    expected = predictor.predict(Item(audio=SOUND, video=SILENT)).heads["emotion"]
    assert (present(answered), codes(answered)) == (["audio", "video"], [])
    assert answered["emotion"]["scores"] == pytest.approx(dict(expected.scores), abs=1e-4)


def test_media_at_urls_are_the_same(client: TestClient) -> None:
    with serving(always(answer(SEEN))) as port:
        fetched = predict(client, text=TEXT, video_url=f"http://127.0.0.1:{port}/clip.mp4")
    assert fetched["heads"] == predict(client, text=TEXT, video_base64=inline(SEEN))["heads"]
    assert fetched["timing_ms"]["fetch"] > 0


def test_a_still_image_is_a_video_of_one_frame(client: TestClient) -> None:
    image = inline(encoded(Image.fromarray(drawn_face()), "PNG"))
    answered = predict(client, image_base64=image, model="clips")
    assert (answered["model"], present(answered), codes(answered)) == ("clips", ["video"], [])
    assert predict(client, image_base64=image)["model"] == "posts"


def test_faces_are_looked_for(client: TestClient) -> None:
    two = np.concatenate([drawn_face(size=50), drawn_face(size=80)], axis=1)
    found = [codes(predict(client, video_base64=inline(clip([frame] * 3)))) for frame in (shades(3, 200)[1], two)]
    assert found == [["no_audio_track", "no_face"], ["no_audio_track", "several_faces"]]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"audio_base64": inline(audio(seconds=0.2))}, "audio_too_short"),
        ({"audio_base64": inline(SOUND[:40])}, "audio_undecodable"),
        ({"audio_base64": inline(audio(seconds=26))}, "media_too_long"),
        ({"audio_base64": inline(with_tracks(40))}, "media_too_complex"),
        ({"video_base64": inline(SEEN[:300])}, "video_undecodable"),
        ({"video_base64": inline(video(seconds=26, rate=5))}, "media_too_long"),
        ({"video_base64": inline(b"#EXTM3U\nfile:///etc/passwd\n")}, "media_type_unsupported"),
        ({"video_base64": inline(SEEN), "model": "reviews"}, "media_unread"),
    ],
)
def test_a_bad_clip_is_a_problem_or_left_out(client: TestClient, body: dict[str, Any], code: str) -> None:
    response = client.post("/v1/predict", json={"text": TEXT, **body})
    assert (response.status_code, response.json()["code"]) == (422, code)
    degraded = predict(client, text=TEXT, on_media_error="degrade", **body)
    assert (present(degraded), codes(degraded)) == (["text"], [code])
    batch = predict(client, "/batch", items=[{"text": "good"}, {"text": TEXT, **body}])
    assert ["prediction" in result for result in batch["results"]] == [True, False]


def test_a_long_clip_is_answered_by_parts_too(client: TestClient) -> None:
    answered = predict(client, text=TEXT, video_base64=inline(video(seconds=22, rate=5)))
    assert [segment["start_seconds"] for segment in answered["segments"]] == pytest.approx([0, 7.3, 14.7], abs=0.1)
    assert [segment["end_seconds"] for segment in answered["segments"]] == pytest.approx([7.3, 14.7, 22], abs=0.1)
    for segment in answered["segments"]:
        assert segment["heads"].keys() == {"emotion", "sentiment"}
        assert present(segment) == ["audio", "video"]
    assert present(answered) == ["text", "audio", "video"]


def test_what_was_said_before_is_read_and_never_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told = [{"text": "it was awful", "speaker": "Secretperson"}, {"text": "boring and terrible"}]
    alone, after = (predict(client, text=TEXT, model="clips", context=context) for context in ([], told))
    assert after["sentiment"]["scores"]["positive"] < alone["sentiment"]["scores"]["positive"]
    assert "context_truncated" not in codes(after)
    cut = predict(client, text=TEXT, model="clips", speaker="Ann", context=[*told, *told])
    assert "context_truncated" in codes(cut)
    too_long = [{"text": "Secretword" * 300}]
    refused = client.post("/v1/predict", json={"text": TEXT, "model": "clips", "context": too_long})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
    assert "Secret" not in refused.text
    lines = [LogFormat().format(record) for record in caplog.records if record.name == "valence"]
    assert lines
    assert not any(word in line for line in [*lines, caplog.text] for word in ("Secret", "awful", "terrible"))


def test_the_models_that_are_listed_say_what_they_read(client: TestClient) -> None:
    listed = {model["name"]: model for model in client.get("/v1/models").json()["models"]}
    assert listed["clips"]["modalities"] == ["text", "audio", "video"]
    assert (listed["clips"]["max_image_pixels"], listed["clips"]["max_image_side"]) == (MOST_PIXELS, 16_384)
    assert listed["clips"]["heads"].keys() == {"emotion", "sentiment"}
