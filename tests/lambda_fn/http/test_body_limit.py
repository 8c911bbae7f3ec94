from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.lambda_fn.conftest import MOST_BODY_BYTES


def _body(size: int) -> bytes:
    return b'{"text": "good"}'.ljust(size)


def _pieces(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 10_000):
        yield body[start : start + 10_000]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_the_largest_size_is_read(client: TestClient, chunked: bool) -> None:
    body = _body(MOST_BODY_BYTES)
    assert client.post("/v1/predict", content=_pieces(body) if chunked else body).status_code == 200


@pytest.mark.parametrize("path", ["/v1/predict", "/v1/predict/batch"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_larger_body_is_refused(client: TestClient, path: str, chunked: bool) -> None:
    body = _body(MOST_BODY_BYTES + 1)
    response = client.post(path, content=_pieces(body) if chunked else body)
    assert response.status_code == 413
    problem = response.json()
    assert problem["code"] == "body_too_large"
    assert f"{MOST_BODY_BYTES:,}" in problem["detail"]
    assert problem["request_id"] == response.headers["x-request-id"]


def test_a_declared_length_is_enough_to_refuse(client: TestClient) -> None:
    response = client.get("/healthz", headers={"content-length": str(MOST_BODY_BYTES + 1)})
    assert response.status_code == 413


@pytest.mark.parametrize("declared", ["-1", "many", "1" * 5000, "\u00b2"])
def test_a_nonsensical_length_does_not_matter(client: TestClient, declared: str) -> None:
    assert client.get("/healthz", headers=[(b"content-length", declared.encode())]).status_code == 200
