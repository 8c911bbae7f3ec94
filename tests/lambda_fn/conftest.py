"""The application over the tiny bundle, in process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from lambda_fn.application import create_application
from lambda_fn.settings import Settings, read_settings
from model_bundle.catalog import Catalog
from tests.tiny_bundle import POST, write_tiny_bundle

MAX_BODY_BYTES = 200_000


@pytest.fixture(scope="session")
def settings(models_folder: Path) -> Settings:
    return read_settings(models=models_folder, max_body_bytes=MAX_BODY_BYTES)


@pytest.fixture(scope="session")
def catalog(models_folder: Path) -> Catalog:
    return Catalog(models_folder)


@pytest.fixture(scope="session")
def application(settings: Settings, catalog: Catalog) -> Starlette:
    return create_application(settings, catalog)


@pytest.fixture(scope="session")
def client(application: Starlette) -> Iterator[TestClient]:
    with TestClient(application) as client:
        yield client


@pytest.fixture(scope="session")
def both_models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny bundles of both kinds: `reviews` looks at text and metadata, `posts` at text and image."""
    folder = tmp_path_factory.mktemp("both")
    write_tiny_bundle(folder)
    write_tiny_bundle(folder, "posts", POST)
    return folder


@pytest.fixture(scope="session")
def both_models(both_models_folder: Path) -> Catalog:
    return Catalog(both_models_folder)


@pytest.fixture(scope="session")
def post_settings() -> Settings:
    """Small limits, and this machine let in."""
    return read_settings(allow_loopback_media=True, media_timeout_seconds=1)


@pytest.fixture(scope="session")
def post_client(post_settings: Settings, both_models: Catalog) -> Iterator[TestClient]:
    with TestClient(create_application(post_settings, both_models)) as client:
        yield client
