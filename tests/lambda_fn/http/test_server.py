"""The server on real sockets."""

import http.client
import json
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from statistics import median
from threading import Event
from time import monotonic, perf_counter, sleep
from typing import Any

import pytest

from lambda_fn.inference import prediction_service
from lambda_fn.inference.degradation import Outcome
from lambda_fn.inference.prediction_service import predict_requests
from lambda_fn.settings import Settings, read_settings
from model_bundle.catalog import Catalog
from tests.lambda_fn.served import connect, everything, request, response, served

Logged = Callable[[int, str | None], bool]
"""Waits until a request with this status and code is in the log, and tells whether it came."""


@pytest.fixture(scope="module")
def port(settings: Settings, catalog: Catalog) -> Iterator[int]:
    with served(settings, catalog) as port:
        yield port


@pytest.fixture(scope="module")
def hasty_port(catalog: Catalog) -> Iterator[int]:
    """Of a service that waits for nobody."""
    hasty = read_settings(header_timeout_seconds=0.2, body_timeout_seconds=0.2, max_connections=4)
    with served(hasty, catalog) as port:
        yield port


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Logged:
    caplog.set_level(logging.INFO, "valence")

    def appears(status: int, code: str | None) -> bool:
        deadline = monotonic() + 5
        while monotonic() < deadline:
            lines = [vars(record) for record in caplog.records if record.getMessage() == "request"]
            if (status, code) in [(line["status"], line["code"]) for line in lines]:
                return True
            sleep(0.01)
        return False

    return appears


class Gate:
    """Holds every prediction until it is let through."""

    def __init__(self) -> None:
        self._open = Event()
        self.begun = 0

    def __call__(self, *arguments: Any) -> list[Outcome]:
        self.begun += 1
        assert self._open.wait(10)
        return PREDICT(*arguments)

    def open(self) -> None:
        self._open.set()


PREDICT = predict_requests


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate()
    monkeypatch.setattr(prediction_service, "predict_requests", gate)
    yield gate
    gate.open()


def _status(received: bytes) -> int:
    return int(received.split(b" ", 2)[1])


def _problem(received: bytes) -> dict[str, Any]:
    """Return the problem in a response, whose header must agree with it."""
    head, _, body = received.partition(b"\r\n\r\n")
    problem: dict[str, Any] = json.loads(body)
    assert b"application/problem+json" in head
    assert f"x-request-id: {problem['request_id']}".encode() in head.lower()
    assert problem["status"] == _status(received)
    return problem


def _trickled(connection: socket.socket, data: bytes) -> float:
    """Send byte after byte until the service has closed the connection; return the seconds that it took."""
    started = monotonic()
    for byte in data:
        try:
            connection.sendall(bytes([byte]))
        except OSError:
            return monotonic() - started
        sleep(0.02)
    raise AssertionError("the service took it all")


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


class TestHalfClosed:
    def test_a_whole_request_is_answered(self, port: int) -> None:
        with connect(port) as connection:
            connection.sendall(request())
            connection.shutdown(socket.SHUT_WR)
            assert _status(everything(connection)) == 200

    def test_several_whole_requests_are_answered(self, port: int) -> None:
        with connect(port) as connection:
            connection.sendall(request() * 3)
            connection.shutdown(socket.SHUT_WR)
            assert everything(connection).count(b"HTTP/1.1 200") == 3

    def test_an_interim_response_asks_whether_the_client_still_waits(self, port: int, gate: Gate) -> None:
        with connect(port) as connection:
            connection.sendall(request())
            connection.shutdown(socket.SHUT_WR)
            interim = b"HTTP/1.1 100 Continue\r\n\r\n"
            assert connection.recv(len(interim)) == interim
            gate.open()
            assert b"HTTP/1.1 200" in everything(connection)

    @pytest.mark.parametrize("part", [request()[:20], request()[:-3]])
    def test_half_a_request_is_not_waited_for(self, port: int, part: bytes) -> None:
        with connect(port, timeout=20) as connection:
            connection.sendall(part)
            connection.shutdown(socket.SHUT_WR)
            assert everything(connection) == b""


@pytest.mark.parametrize(
    "garbage",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nbad header\r\n\r\n",
        b"POST /v1/predict HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"\x16\x03\x01\x00\x05hello\r\n\r\n",
    ],
)
def test_what_is_not_http_is_a_problem(port: int, garbage: bytes, logged: Logged) -> None:
    with connect(port) as connection:
        connection.sendall(garbage)
        problem = _problem(everything(connection))
    assert problem["code"] == "invalid_http"
    assert logged(400, "invalid_http")


class TestDeadlines:
    def test_an_unfinished_header_is_a_timeout(self, hasty_port: int, logged: Logged) -> None:
        with connect(hasty_port) as connection:
            connection.sendall(request()[:30])
            assert _problem(everything(connection))["code"] == "request_timeout"
        assert logged(408, "request_timeout")

    def test_a_header_that_trickles_in_is_one_too(self, hasty_port: int) -> None:
        with connect(hasty_port) as connection:
            assert _trickled(connection, request()[:-30]) < 2

    def test_nothing_at_all_is_let_go_of_without_a_word(self, hasty_port: int) -> None:
        with connect(hasty_port) as connection:
            assert everything(connection) == b""

    def test_the_next_request_of_a_connection_has_a_deadline_too(self, hasty_port: int) -> None:
        with connect(hasty_port) as connection:
            connection.sendall(request())
            assert _status(response(connection)) == 200
            connection.sendall(request()[:30])
            assert _problem(everything(connection))["code"] == "request_timeout"

    def test_half_a_body_is_a_timeout(self, hasty_port: int, logged: Logged) -> None:
        with connect(hasty_port) as connection:
            connection.sendall(request()[:-3])
            assert _problem(everything(connection))["code"] == "request_timeout"
        assert logged(408, "request_timeout")

    def test_half_a_body_does_not_keep_the_service_from_ending(self, catalog: Catalog) -> None:
        with ExitStack() as stack:
            with served(read_settings(), catalog) as port:
                connection = stack.enter_context(connect(port))
                connection.sendall(request()[:-3])
                sleep(0.1)
                started = monotonic()
            assert monotonic() - started < 2


class TestConnections:
    def test_one_too_many_ends_one_that_has_no_request(self, hasty_port: int) -> None:
        with ExitStack() as stack:
            connections = [stack.enter_context(connect(hasty_port)) for _ in range(4)]
            connections[0].sendall(request("/healthz", b"", method="GET")[:20])
            sleep(0.05)
            with connect(hasty_port) as late:
                late.sendall(request())
                assert _status(response(late)) == 200
            assert everything(connections[0]) == b""

    def test_if_all_are_being_answered_the_last_is_refused(self, hasty_port: int, gate: Gate) -> None:
        with ExitStack() as stack:
            connections = [stack.enter_context(connect(hasty_port)) for _ in range(4)]
            for connection in connections:
                connection.sendall(request())
            sleep(0.1)
            with connect(hasty_port) as late:
                received = everything(late)
            assert _problem(received)["code"] == "overloaded"
            assert b"retry-after: 1\r\n" in received.lower()
            gate.open()
            assert [_status(response(connection)) for connection in connections] == [200] * 4


def test_under_load_liveness_stays_and_readiness_goes(catalog: Catalog, gate: Gate, logged: Logged) -> None:
    busy = read_settings(max_concurrent_predictions=1, max_queued_requests=1)
    with served(busy, catalog) as port, ExitStack() as stack:
        first, second = [stack.enter_context(connect(port)) for _ in range(2)]
        for connection in (first, second):
            connection.sendall(request())
            sleep(0.1)
        answers = {}
        for path in ("/v1/predict", "/ping", "/healthz"):
            with connect(port) as connection:
                method, body = ("POST", b'{"text": "good"}') if path.startswith("/v1") else ("GET", b"")
                started = perf_counter()
                connection.sendall(request(path, body, "Connection: close", method=method))
                answers[path] = everything(connection)
                assert perf_counter() - started < 0.5
        assert _status(answers["/healthz"]) == 200
        for path in ("/v1/predict", "/ping"):
            assert _problem(answers[path])["code"] == "overloaded"
            assert b"retry-after: 1\r\n" in answers[path].lower()
        second.close()  # its turn never comes
        assert logged(499, None)
        gate.open()
        assert _status(response(first)) == 200
    assert gate.begun == 1


def test_a_refused_client_sees_why_however_large_its_body(catalog: Catalog, gate: Gate) -> None:
    busy = read_settings(max_concurrent_predictions=1, max_queued_requests=0)
    with served(busy, catalog) as port, connect(port) as first:
        first.sendall(request())
        sleep(0.1)
        with connect(port) as refused:
            refused.sendall(request("/v1/predict", b'{"text": "%s"}' % (b"x" * 1_000_000), "Connection: close"))
            assert _problem(everything(refused))["code"] == "overloaded"
        gate.open()
        assert _status(response(first)) == 200


def test_bodies_that_arrive_slowly_take_nobodys_place(catalog: Catalog) -> None:
    narrow = read_settings(max_concurrent_predictions=1, max_queued_requests=0)
    with served(narrow, catalog) as port, ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(connect(port)).sendall(request()[:-3])
        sleep(0.1)
        with connect(port) as connection:
            connection.sendall(request())
            assert _status(response(connection)) == 200


def test_a_client_that_leaves_while_it_is_answered_is_logged_as_gone(
    settings: Settings, catalog: Catalog, gate: Gate, logged: Logged
) -> None:
    with served(settings, catalog) as port:
        with connect(port) as connection:
            connection.sendall(request())
            sleep(0.1)
        sleep(1.2)  # two interim responses
        gate.open()
    assert logged(499, None)


def test_a_refused_body_is_not_read_for_ever(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambda_fn.http.server.DRAIN_SECONDS", 0.2)
    with connect(port) as connection:
        connection.sendall(b"POST /v1/predict HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\nxx")
        assert _problem(response(connection))["code"] == "body_too_large"
        assert _trickled(connection, b"x" * 100) < 2
