"""The server on real sockets."""

import http.client
from collections.abc import Iterator
from statistics import median
from time import perf_counter

import pytest

from lambda_fn.settings import Settings
from model_bundle.catalog import Catalog
from tests.lambda_fn.served import served


@pytest.fixture(scope="module")
def port(settings: Settings, catalog: Catalog) -> Iterator[int]:
    with served(settings, catalog) as port:
        yield port


def test_a_kept_alive_connection_is_answered_at_once(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    times = []
    for _ in range(21):
        started = perf_counter()
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        times.append(perf_counter() - started)
    connection.close()
    assert median(times) < 0.03  # delayed acknowledgements take 40 ms
