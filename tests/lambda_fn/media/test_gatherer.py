import socket
import sys
from typing import Any

import pytest

from lambda_fn.errors import MediaTooLargeError, MediaTypeUnsupportedError, MediaUnreadError, MediaUrlInvalidError
from lambda_fn.media.budget import FetchBudget
from lambda_fn.media.buffer import SpooledFile
from lambda_fn.media.gatherer import GatheredMedia, MediaGatherer
from lambda_fn.schemas.request import PredictionRequest
from lambda_fn.settings import Settings, read_settings
from model_bundle import BundleSpec
from model_bundle.catalog import Catalog
from tests.lambda_fn.media.servers import always, answer, serving
from tests.pictures import RED, encoded, plain

PNG = encoded(plain(RED), "PNG")


def _inline(content: bytes) -> PredictionRequest:
    return PredictionRequest().model_copy(update={"image_base64": content})


def _gathered(settings: Settings, spec: BundleSpec, *requests: PredictionRequest) -> GatheredMedia:
    return MediaGatherer(settings).gather(requests, spec, FetchBudget.of(settings))


def _images(gathered: GatheredMedia) -> list[object]:
    return [found.get("image") for found in gathered.found]


class _Modality:
    def __init__(self, kind: str) -> None:
        self.kind = kind


class _Clips:
    """Stands for the description of a model that reads text, audio and video."""

    name = "clips"
    modalities = (_Modality("text"), _Modality("audio"), _Modality("video"))


CLIPS: Any = _Clips()
WAV = b"RIFF\0\0\0\0WAVEfmt " + bytes(2_000_000)
MP4 = b"\0\0\0\x18ftypisom" + bytes(500)


@pytest.fixture
def posts(both_models: Catalog) -> BundleSpec:
    return both_models.specs["posts"]


def test_each_request_gets_its_own(post_settings: Settings, posts: BundleSpec) -> None:
    with serving(always(answer(PNG))) as port:
        found = _gathered(
            post_settings,
            posts,
            PredictionRequest(text="good"),
            _inline(PNG[:-1]),
            PredictionRequest(image_url="ftp://example.com/"),
            PredictionRequest(image_url=f"http://127.0.0.1:{port}/"),
        )
    nothing, inline, invalid, fetched = _images(found)
    assert (nothing, inline, fetched) == (None, PNG[:-1], PNG)
    assert isinstance(invalid, MediaUrlInvalidError)
    assert found.fetch_ms is not None
    assert found.fetch_ms > 0


def test_where_nothing_is_fetched_nothing_is_timed_or_imported(
    post_settings: Settings, posts: BundleSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lambda_fn.media.fetcher", None)
    assert _gathered(post_settings, posts, _inline(PNG), PredictionRequest(text="good")) == GatheredMedia(
        [{"image": PNG}, {}], None
    )


def test_inline_pictures_have_the_same_limits(posts: BundleSpec) -> None:
    settings = read_settings(max_media_bytes=len(PNG), max_batch_media_bytes=2 * len(PNG) + 10)
    found = _gathered(settings, posts, *map(_inline, (PNG, PNG + b"x", b"<svg/>", b"", PNG, PNG)))
    assert [type(image) for image in _images(found)] == [
        bytes,
        MediaTooLargeError,
        MediaTypeUnsupportedError,
        MediaTypeUnsupportedError,
        bytes,
        MediaTooLargeError,
    ]


def test_nothing_is_fetched_for_a_model_that_does_not_look(post_settings: Settings, both_models: Catalog) -> None:
    asked: list[str] = []
    with serving(lambda connection, path: asked.append(path)) as port:
        request = PredictionRequest(image_url=f"http://127.0.0.1:{port}/")
        found = _gathered(post_settings, both_models.specs["reviews"], request, PredictionRequest(text="good"))
    assert isinstance(found.found[0]["image"], MediaUnreadError)
    assert (found.found[1], found.fetch_ms, asked) == ({}, None, [])


def test_a_request_may_carry_several_media(post_settings: Settings) -> None:
    def script(connection: socket.socket, path: str) -> None:
        connection.sendall(answer({"/a": WAV, "/v": MP4, "/i": PNG}[path]))

    with serving(script) as port:
        host = f"http://127.0.0.1:{port}"
        request = PredictionRequest(image_url=f"{host}/i", audio_url=f"{host}/a", video_url=f"{host}/v")
        wrong = PredictionRequest(image_url=f"{host}/v", audio_url=f"{host}/i", video_url=f"{host}/a")
        found, unsupported = _gathered(post_settings, CLIPS, request, wrong).found
    assert found["image"] == PNG
    audio, video = found["audio"], found["video"]
    assert isinstance(audio, SpooledFile)
    assert isinstance(video, SpooledFile)
    source = audio.source()
    assert not isinstance(source, bytes)
    assert source.read() == WAV
    assert video.source() == MP4
    assert [getattr(content, "code", "") for content in unsupported.values()] == ["media_type_unsupported"] * 3


def test_each_kind_is_read_by_the_modalities_that_can(post_settings: Settings, posts: BundleSpec) -> None:
    request = PredictionRequest().model_copy(update={"image_base64": PNG, "audio_base64": WAV, "video_base64": MP4})
    [found] = _gathered(post_settings, posts, request).found
    assert found["image"] == PNG
    for kind in ("audio", "video"):
        unread = found[kind]
        assert isinstance(unread, MediaUnreadError)
        assert f"reads image, text, and not the {kind}" in str(unread)


def test_audio_and_video_have_an_allowance_of_their_own(post_settings: Settings) -> None:
    settings = read_settings(max_batch_media_bytes=len(PNG), max_batch_clip_bytes=len(WAV))
    requests = [
        PredictionRequest().model_copy(update={"image_base64": PNG, "audio_base64": WAV}),
        PredictionRequest().model_copy(update={"audio_base64": WAV}),
    ]
    first, second = _gathered(settings, CLIPS, *requests).found
    assert (first["image"], type(first["audio"])) == (PNG, SpooledFile)
    assert isinstance(second["audio"], MediaTooLargeError)
