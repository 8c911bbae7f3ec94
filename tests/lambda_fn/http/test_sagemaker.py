"""SageMaker's contract, in process and through the image's entrypoint."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from lambda_fn.http.sagemaker import JSON_LINES
from tests.lambda_fn.docker_context import ROOT, copied

ITEMS = [{"text": "A great film!", "year": 1950}, {"text": "bad"}, {"year": 1994}]


def lines(body: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in body.splitlines()]


def test_batch_transform_is_told_what_a_request_may_be(client: TestClient) -> None:
    told = client.get("/execution-parameters").json()
    assert told["BatchStrategy"] == "MULTI_RECORD"
    assert told["MaxConcurrentTransforms"] >= 1
    assert told["MaxPayloadInMB"] == 1  # the tests' limit is 200 KB, and 0 would be none


@pytest.mark.parametrize("media_type", JSON_LINES)
def test_each_line_gets_the_response_of_a_single_request(client: TestClient, media_type: str) -> None:
    body = "\n".join(map(json.dumps, ITEMS)) + "\n"
    response = client.post("/invocations", content=body, headers={"Content-Type": media_type})
    assert response.headers["content-type"].startswith("application/jsonlines")
    singles = [client.post("/invocations", json=item).json() for item in ITEMS]
    found = lines(response.text)
    assert len(found) == len(singles)
    for line, single in zip(found, singles, strict=True):
        assert line["sentiment"]["scores"] == pytest.approx(single["sentiment"]["scores"], abs=1e-6)


def test_a_bad_line_is_an_error_in_its_place(client: TestClient) -> None:
    body = b'{"text": "good"}\n{\n\n{"text": 3}\n{"text": "bad"}'
    found = lines(client.post("/invocations", content=body, headers={"Content-Type": "application/jsonlines"}).text)
    codes = [line.get("error", {}).get("code") for line in found]
    assert codes == [None, "invalid_json", "invalid_json", "invalid_request", None]


def test_lines_may_be_more_than_a_batch(client: TestClient) -> None:
    body = '{"text": "good"}\n' * 250
    found = lines(client.post("/invocations", content=body, headers={"Content-Type": "application/jsonlines"}).text)
    assert len(found) == 250
    assert all(line["sentiment"]["label"] == found[0]["sentiment"]["label"] for line in found)


def test_other_routes_take_no_lines(client: TestClient) -> None:
    response = client.post("/v1/predict", content="{}", headers={"Content-Type": "application/jsonlines"})
    assert response.json()["code"] == "unsupported_media_type"


@contextmanager
def container(folder: Path, models: Path, *arguments: str) -> Iterator[str]:
    """Run the entrypoint in a tree that is laid out as the Dockerfile lays it; yields the address."""
    image = folder / "task"
    image.mkdir()
    for source in [name for name, _ in copied(ROOT / "lambda_fn" / "Dockerfile") if (ROOT / name).is_dir()]:
        if source != "models":
            shutil.copytree(ROOT / source, image / source, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(sys.executable)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "HOME": str(folder / "home"),
        "PYTHONPATH": os.pathsep.join([str(image), *(path for path in sys.path if path.endswith("site-packages"))]),
        "SAGEMAKER_BIND_TO_PORT": str(port),
        "SM_MODEL_DIR": str(models),
    }
    with (folder / "log").open("wb") as log:
        command = ["/bin/sh", "lambda_fn/entrypoint.sh", *arguments]
        process = subprocess.Popen(command, cwd=image, env=environment, stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.mark.slow
def test_the_container_serves_mounted_models_on_sagemakers_port(
    tmp_path: Path, models_folder: Path, client: TestClient
) -> None:
    with (
        container(tmp_path, models_folder, "serve") as address,
        httpx2.Client(base_url=address, trust_env=False, timeout=30) as http,
    ):
        deadline = time.monotonic() + 60
        while not _is_up(http):
            assert time.monotonic() < deadline, (tmp_path / "log").read_text(encoding="utf-8")
            time.sleep(0.2)
        found = http.post("/invocations", json=ITEMS[0]).json()
    expected = client.post("/v1/predict", json=ITEMS[0]).json()
    assert found["sentiment"]["scores"] == pytest.approx(expected["sentiment"]["scores"], abs=1e-6)
    assert list((tmp_path / "home").rglob("*")) == []


def _is_up(http: httpx2.Client) -> bool:
    try:
        return http.get("/ping").status_code == 200
    except httpx2.TransportError:
        return False
