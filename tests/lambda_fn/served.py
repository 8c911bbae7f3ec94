"""The service on a real socket, in a thread of the test."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from time import monotonic, sleep

from lambda_fn.application import create_application
from lambda_fn.http.server import create_server, listen
from lambda_fn.settings import Settings
from model_bundle.catalog import Catalog

STARTING_SECONDS = 10


@contextmanager
def served(settings: Settings, catalog: Catalog) -> Iterator[int]:
    """Serve on a free port of loopback, and stop at the end. Yields the port."""
    listener = listen("127.0.0.1", 0)
    server = create_server(create_application(settings, catalog), settings)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    port = int(listener.getsockname()[1])
    thread.start()
    try:
        deadline = monotonic() + STARTING_SECONDS
        while not server.started:
            assert monotonic() < deadline
            sleep(0.01)
        yield port
    finally:
        server.should_exit = True
        thread.join()


def connect(port: int, timeout: float = 10) -> socket.socket:
    """Open a connection of one's own."""
    return socket.create_connection(("127.0.0.1", port), timeout)


def request(path: str = "/v1/predict", body: bytes = b'{"text": "good"}', *headers: str, method: str = "POST") -> bytes:
    """Return the bytes of a whole request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def everything(connection: socket.socket) -> bytes:
    """Read until the service closes the connection."""
    received = b""
    while piece := connection.recv(65_536):
        received += piece
    return received


def response(connection: socket.socket) -> bytes:
    """Read one response that says its length."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(1)
    length = re.search(rb"content-length: (\d+)", received.lower())
    assert length is not None
    remaining = int(length[1])
    while remaining:
        piece = connection.recv(remaining)
        assert piece
        received += piece
        remaining -= len(piece)
    return received
