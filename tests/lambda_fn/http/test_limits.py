import asyncio
from collections.abc import Iterator

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from lambda_fn.errors import BodyTooLargeError, OverloadedError, RequestTimeoutError
from lambda_fn.http.limits import SMALL_BYTES, BodyLimit
from lambda_fn.settings import Settings
from tests.lambda_fn.clients import run
from tests.lambda_fn.conftest import MAX_BODY_BYTES


def _body(size: int) -> bytes:
    return b'{"text": "good"}'.ljust(size)


def _pieces(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 10_000):
        yield body[start : start + 10_000]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_the_largest_size_is_read(client: TestClient, chunked: bool) -> None:
    body = _body(MAX_BODY_BYTES)
    assert client.post("/v1/predict", content=_pieces(body) if chunked else body).status_code == 200


@pytest.mark.parametrize("path", ["/v1/predict", "/v1/predict/batch"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_larger_body_is_refused(client: TestClient, path: str, chunked: bool) -> None:
    body = _body(MAX_BODY_BYTES + 1)
    response = client.post(path, content=_pieces(body) if chunked else body)
    assert response.status_code == 413
    problem = response.json()
    assert problem["code"] == "body_too_large"
    assert f"{MAX_BODY_BYTES:,}" in problem["detail"]
    assert problem["request_id"] == response.headers["x-request-id"]


def test_a_declared_length_is_enough_to_refuse(client: TestClient) -> None:
    response = client.get("/healthz", headers={"content-length": str(MAX_BODY_BYTES + 1)})
    assert response.status_code == 413


@pytest.mark.parametrize("declared", ["-1", "many", "1" * 5000, "\u00b2"])
def test_a_nonsensical_length_does_not_matter(client: TestClient, declared: str) -> None:
    assert client.get("/healthz", headers=[(b"content-length", declared.encode())]).status_code == 200


class Reader:
    """An application that reads its body and keeps it until it is told to answer."""

    def __init__(self, **limits: float) -> None:
        self.limit = BodyLimit(self._read, Settings.model_validate(limits))
        self.answering = asyncio.Event()
        self.received: list[int] = []

    async def send(self, size: int, seconds_between_halves: float = 0) -> None:
        """Send a body of so many bytes in two halves."""
        halves = iter([(b"x" * (size // 2), False), (b"x" * (size - size // 2), True)])

        async def receive() -> Message:
            half, last = next(halves)
            if seconds_between_halves:
                await asyncio.sleep(seconds_between_halves)
            return {"type": "http.request", "body": half, "more_body": not last}

        async def send(message: Message) -> None:
            raise AssertionError

        await self.limit({"type": "http", "headers": []}, receive, send)

    async def _read(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.received.append(len(await Request(scope, receive).body()))
        await self.answering.wait()


def test_a_body_that_takes_too_long_is_a_timeout() -> None:
    async def scenario() -> None:
        reader = Reader(body_timeout_seconds=0.05)
        with pytest.raises(RequestTimeoutError, match=r"more than 0\.05 seconds"):
            await reader.send(10, seconds_between_halves=0.04)

    run(scenario())


def test_large_bodies_share_a_budget_and_give_it_back() -> None:
    async def scenario() -> None:
        reader = Reader(max_held_body_bytes=200_000)
        first = asyncio.create_task(reader.send(150_000))
        await asyncio.sleep(0.01)
        with pytest.raises(OverloadedError):
            await reader.send(100_000)
        small = asyncio.create_task(reader.send(SMALL_BYTES))
        await asyncio.sleep(0.01)
        assert reader.received == [150_000, SMALL_BYTES]
        reader.answering.set()
        await asyncio.gather(first, small)
        await reader.send(200_000)

    run(scenario())


def test_a_body_that_breaks_off_gives_its_bytes_back() -> None:
    async def scenario() -> None:
        reader = Reader(max_held_body_bytes=200_000, max_body_bytes=190_000)
        reader.answering.set()
        for _ in range(2):
            with pytest.raises(BodyTooLargeError):
                await reader.send(195_000)
        await reader.send(190_000)

    run(scenario())
