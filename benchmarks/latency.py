"""How long one review takes: in the predictor, in the HTTP stack, over a connection, and in the baselines."""

import asyncio
import http.client
import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from types import SimpleNamespace
from typing import Any

from mangum import Mangum

from benchmarks.review import TEXT
from benchmarks.stress.service import running_service
from lambda_fn.application import create_application
from lambda_fn.observability.request_log import LOGGER
from lambda_fn.settings import Settings
from model_bundle import Item
from model_bundle.catalog import Catalog

REPETITIONS = 300
WARM_UP = 20
REQUEST = {"text": TEXT, "genre": ["Drama"], "year": 2019}
ITEM = Item(text=TEXT, genres=("Drama",), year=2019)


@dataclass(frozen=True)
class Latency:
    """Milliseconds a call."""

    name: str
    median: float
    p95: float


def measure(
    calls: dict[str, Callable[[], object]], repetitions: int = REPETITIONS, warm_up: int = WARM_UP
) -> list[Latency]:
    """Time the calls in turns, so that a change in the machine's speed touches all of them alike."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for round_number in range(warm_up + repetitions):
        for name, call in calls.items():
            started = perf_counter()
            call()
            if round_number >= warm_up:
                times[name].append((perf_counter() - started) * 1000)
    return [Latency(name, median(values), quantiles(values, n=20)[-1]) for name, values in times.items()]


@contextmanager
def unwritten() -> Iterator[None]:
    """Send the service's log lines and metrics nowhere: composing them is measured, reading them is not wanted."""
    own = LOGGER.logger_handler
    assert isinstance(own, logging.StreamHandler)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        usual = own.setStream(nowhere)
        try:
            yield
        finally:
            own.setStream(usual)


def service_calls(models: Path) -> dict[str, Callable[[], object]]:
    """Return the calls that predict one review: by the predictor, through ASGI, and through the Lambda handler."""
    catalog = Catalog(models, threads=1)
    application = create_application(Settings(models=models), catalog)
    loop = asyncio.new_event_loop()
    handler = Mangum(application, lifespan="off")
    return {
        "predictor": lambda: catalog.predictor("reviews").predict(ITEM),
        "HTTP (ASGI, in process)": lambda: loop.run_until_complete(_post(application, json.dumps(REQUEST).encode())),
        "HTTP (Lambda handler)": lambda: _answered(handler(_event(), SimpleNamespace())),
    }


@contextmanager
def kept_alive(models: Path) -> Iterator[Callable[[], object]]:
    """Yield a call that sends one review over a kept-alive connection to a service in a process of its own."""
    body = json.dumps(REQUEST)
    with running_service(models, Path(os.devnull)) as service:
        connection = http.client.HTTPConnection("127.0.0.1", service.port)

        def call() -> None:
            connection.request("POST", "/v1/predict", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            if response.status != HTTPStatus.OK:
                raise RuntimeError(f"The service answered {response.status}")
            json.loads(response.read())

        try:
            yield call
        finally:
            connection.close()


async def _post(application: Any, body: bytes) -> None:
    """Send one request through the application as a server would, and read the whole answer."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/predict",
        "raw_path": b"/v1/predict",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    messages: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        messages.append(message)

    await application(scope, receive, send)
    if messages[0]["status"] != 200:
        raise RuntimeError(f"The service answered {messages}")
    json.loads(b"".join(message.get("body", b"") for message in messages))


def _answered(response: dict[str, Any]) -> None:
    if response["statusCode"] != 200:
        raise RuntimeError(f"The handler answered {response}")


def _event() -> dict[str, Any]:
    return {
        "version": "2.0",
        "rawPath": "/v1/predict",
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "requestContext": {
            "http": {"method": "POST", "path": "/v1/predict", "sourceIp": "127.0.0.1", "protocol": "HTTP/1.1"},
            "stage": "$default",
            "requestId": "benchmark",
        },
        "body": json.dumps(REQUEST),
        "isBase64Encoded": False,
    }
