"""Fetching as the service does it, with this machine let in where a test serves something on it."""

import io
from ssl import SSLContext

import pytest
from PIL import Image

from lambda_fn.media.budget import Deadline, FetchBudget
from lambda_fn.media.buffer import Allowance
from lambda_fn.media.fetcher import MediaFetcher
from lambda_fn.media.medium import Medium
from lambda_fn.media.web_policy import WebPolicy
from lambda_fn.media.web_source import WebSource
from lambda_fn.settings import read_settings
from tests.lambda_fn.media.certificates import Authority
from tests.lambda_fn.media.servers import FixedNames

MOST_BYTES = 200_000
SECONDS = 5
"""Far more than anything takes here that isn't slow on purpose."""


def fetcher(
    names: FixedNames | None = None, tls: SSLContext | None = None, here: bool = True, **settings: object
) -> MediaFetcher:
    """A fetcher with small limits; `here` lets this machine in, as in development."""
    limits = {"max_media_bytes": MOST_BYTES, "media_timeout_seconds": SECONDS}
    return MediaFetcher(read_settings(**limits | settings), WebSource(WebPolicy(allow_loopback=here), names, tls))


def budget(seconds: float = 10, max_bytes: int = 10_000_000) -> FetchBudget:
    """What a request may spend."""
    return FetchBudget(Deadline(seconds), Allowance(max_bytes), Allowance(max_bytes))


def image_at(url: str) -> Medium:
    """An image at a URL."""
    return Medium("image", url)


def fetched(made: MediaFetcher, url: str) -> bytes:
    """Fetch an image."""
    content = made.fetch(image_at(url), budget())
    assert isinstance(content, bytes)
    return content


def fetch(url: str, names: FixedNames | None = None) -> bytes:
    """Fetch as a deployed service does."""
    made = fetcher(names, here=False)
    return fetched(made, url)


def fetch_here(url: str, names: FixedNames | None = None, seconds: float = SECONDS) -> bytes:
    """Fetch as a service in development does."""
    made = fetcher(names, media_timeout_seconds=seconds)
    return fetched(made, url)


@pytest.fixture(scope="session")
def picture() -> bytes:
    """A small PNG."""
    file = io.BytesIO()
    Image.new("RGB", (8, 6), "orange").save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.make(tmp_path_factory.mktemp("certificates"))
