from pathlib import Path

import pytest
from starlette.testclient import TestClient

from lambda_fn.application import create_application
from lambda_fn.settings import Settings
from model_bundle.catalog import Catalog

PAGE = "https://example.com"


def client(models: Path, origin: str | None) -> TestClient:
    return TestClient(create_application(Settings(models=models, cors_origin=origin), Catalog(models, threads=1)))


def test_scripts_of_other_pages_are_kept_out_by_default(models_folder: Path) -> None:
    answer = client(models_folder, None).get("/healthz", headers={"Origin": PAGE})
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/nothing", 404)])
def test_the_one_page_that_is_let_in_reads_answers_and_problems(models_folder: Path, path: str, status: int) -> None:
    answer = client(models_folder, PAGE).get(path, headers={"Origin": PAGE})
    assert answer.status_code == status
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert answer.headers["access-control-expose-headers"] == "x-request-id"


def test_another_page_is_not(models_folder: Path) -> None:
    answer = client(models_folder, PAGE).get("/healthz", headers={"Origin": "https://elsewhere.example"})
    assert "access-control-allow-origin" not in answer.headers
