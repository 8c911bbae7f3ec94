"""The application over the tiny bundle, in process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from lambda_fn.application import create_application
from lambda_fn.settings import Settings, read_settings
from model_bundle.catalog import Catalog

MOST_BODY_BYTES = 200_000


@pytest.fixture(scope="session")
def settings(models_folder: Path) -> Settings:
    return read_settings(models=models_folder, max_body_bytes=MOST_BODY_BYTES)


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
