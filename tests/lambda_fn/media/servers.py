"""Servers on this machine that answer as badly as they are told to, and names that lead where a test wants them."""

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from socketserver import BaseRequestHandler, ThreadingTCPServer
from ssl import SSLContext
from threading import Thread
from typing import Any, Final

from lambda_fn.media.budget import Deadline
from lambda_fn.media.web_policy import Address, not_public

POLL_SECONDS: Final = 0.01
"""How soon a server sees that it is to stop."""

Script = Callable[[socket.socket, str], None]
"""Answers a connection, whose request's path is given."""


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """An HTTP answer; `headers` have underscores for hyphens, and the body's length unless told otherwise."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in ({"Content-Length": str(len(body))} | named).items() if value]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1") + body


def always(content: bytes) -> Script:
    """Send the same to everybody."""
    return lambda connection, path: connection.sendall(content)


def dripping(content: bytes, beginning: bytes = b"", pause: float = 0.05) -> Script:
    """Send a byte at a time, after a beginning: each comes well before any timeout of a single read."""

    def drip(connection: socket.socket, path: str) -> None:
        connection.sendall(beginning)
        for place in range(len(content)):
            connection.sendall(content[place : place + 1])
            time.sleep(pause)

    return drip


def endless(beginning: bytes, piece: bytes) -> Script:
    """Send a beginning, and then the same piece for ever."""

    def send(connection: socket.socket, path: str) -> None:
        connection.sendall(beginning)
        while True:
            connection.sendall(piece)

    return send


def redirecting(targets: dict[str, str], otherwise: bytes = b"", status: str = "302 Found") -> Script:
    """Redirect each of these paths, and answer any other."""

    def redirect(connection: socket.socket, path: str) -> None:
        connection.sendall(answer(status=status, Location=targets[path]) if path in targets else otherwise)

    return redirect


def silent(connection: socket.socket, path: str) -> None:
    """Say nothing, until the client leaves."""
    connection.settimeout(5)
    connection.recv(1)


def stopping(content: bytes) -> Script:
    """Send something, and then nothing more."""

    def stop(connection: socket.socket, path: str) -> None:
        connection.sendall(content)
        silent(connection, path)

    return stop


@contextmanager
def serving(script: Script, tls: SSLContext | None = None, reads_request: bool = True) -> Iterator[int]:
    """Run a script for every connection, and give the port; all threads have ended when it is left."""
    with _Server(script, tls, reads_request) as server:
        accepting = Thread(target=server.serve_forever, args=(POLL_SECONDS,))
        accepting.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            accepting.join()


class _Server(ThreadingTCPServer):
    """A thread for each connection; closing it waits for them, and they end once the client has left."""

    request_queue_size = 128

    def __init__(self, script: Script, tls: SSLContext | None, reads_request: bool) -> None:
        super().__init__(("127.0.0.1", 0), BaseRequestHandler)
        self._script, self._tls, self._reads_request = script, tls, reads_request

    def finish_request(self, request: Any, client_address: object) -> None:
        with suppress(OSError):
            if self._tls is None:
                self._script(request, _path(request) if self._reads_request else "")
                return
            with self._tls.wrap_socket(request, server_side=True) as secured:
                self._script(secured, _path(secured))


def _path(connection: socket.socket) -> str:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(65_536)
        if not piece:
            return ""
        head += piece
    return head.split(b" ", 2)[1].decode("latin-1")


class FixedNames:
    """A resolver of a few names; a name with several lists gives the next one each time it is asked for."""

    def __init__(self, **names: Sequence[Sequence[str]]) -> None:
        self.answers: dict[str, list[Sequence[str]]] = {
            name.replace("_", "."): list(answers) for name, answers in names.items()
        }
        self.asked: list[str] = []

    def resolve(self, host: str, port: int, deadline: Deadline) -> Sequence[Address]:
        self.asked.append(host)
        if host not in self.answers:
            return [_literal(host)]
        answers = self.answers[host]
        return [ip_address(address) for address in (answers.pop(0) if len(answers) > 1 else answers[0])]


def _literal(host: str) -> Address:
    try:
        return ip_address(host)
    except ValueError:
        raise not_public() from None
