import sys

import pytest

from lambda_fn.errors import MediaTooLargeError, MediaTypeUnsupportedError, MediaUnreadError, MediaUrlInvalidError
from lambda_fn.media.budget import FetchBudget
from lambda_fn.media.picture_source import Pictures, PictureSource
from lambda_fn.schemas.request import PredictionRequest
from lambda_fn.settings import Settings, read_settings
from model_bundle import BundleSpec
from model_bundle.catalog import Catalog
from tests.lambda_fn.media.servers import always, answer, serving
from tests.pictures import RED, encoded, plain

PNG = encoded(plain(RED), "PNG")


def _inline(content: bytes) -> PredictionRequest:
    return PredictionRequest().model_copy(update={"image_base64": content})


def _pictures(settings: Settings, spec: BundleSpec, *requests: PredictionRequest) -> Pictures:
    return PictureSource(settings).pictures(requests, spec, FetchBudget.of(settings))


@pytest.fixture
def posts(both_models: Catalog) -> BundleSpec:
    return both_models.specs["posts"]


def test_each_request_gets_its_own(post_settings: Settings, posts: BundleSpec) -> None:
    with serving(always(answer(PNG))) as port:
        found = _pictures(
            post_settings,
            posts,
            PredictionRequest(text="good"),
            _inline(PNG[:-1]),
            PredictionRequest(image_url="ftp://example.com/"),
            PredictionRequest(image_url=f"http://127.0.0.1:{port}/"),
        )
    nothing, inline, invalid, fetched = found.found
    assert (nothing, inline, fetched) == (None, PNG[:-1], PNG)
    assert isinstance(invalid, MediaUrlInvalidError)
    assert found.fetch_ms is not None
    assert found.fetch_ms > 0


def test_where_nothing_is_fetched_nothing_is_timed_or_imported(
    post_settings: Settings, posts: BundleSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lambda_fn.media.fetcher", None)
    assert _pictures(post_settings, posts, _inline(PNG), PredictionRequest(text="good")) == Pictures([PNG, None], None)


def test_inline_pictures_have_the_same_limits(posts: BundleSpec) -> None:
    settings = read_settings(max_media_bytes=len(PNG), max_batch_media_bytes=2 * len(PNG) + 10)
    found = _pictures(settings, posts, *map(_inline, (PNG, PNG + b"x", b"<svg/>", b"", PNG, PNG))).found
    assert [type(picture) for picture in found] == [
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
        found = _pictures(post_settings, both_models.specs["reviews"], request, PredictionRequest(text="good"))
    assert isinstance(found.found[0], MediaUnreadError)
    assert (found.found[1], found.fetch_ms, asked) == (None, None, [])
