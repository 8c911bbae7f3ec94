"""The service as a process of its own: a listening socket, and uvicorn on it with bounded connections."""

import asyncio
import resource
import socket
from functools import partial
from time import perf_counter
from typing import Any, Final

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from lambda_fn.errors import InvalidHttpError, OverloadedError, RequestTimeoutError
from lambda_fn.http.problems import MEDIA_TYPE, headers_of, problem_of
from lambda_fn.inference.admission import BUSY
from lambda_fn.observability.request_log import report
from lambda_fn.observability.request_record import HEADER, RequestRecord, new_record
from lambda_fn.settings import Settings
from model_bundle.errors import ValenceError

QUEUED_CONNECTIONS: Final = 2048
"""Connections that the system holds until they are accepted."""
ACCEPTED_AT_ONCE: Final = 32
OTHER_FILES: Final = 512
"""Descriptors beside those of connections: models, fetches, name lookups."""


class PortError(Exception):
    """The service cannot listen on the host and port it was given."""


def listen(host: str, port: int) -> socket.socket:
    """Return a listening TCP socket; PortError if the address is taken or does not exist."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=QUEUED_CONNECTIONS)
    except OSError as error:
        reason = error.strerror or str(error)
        raise PortError(f"Can't listen on {host}:{port}: {reason}. Choose another with --host and --port.") from None
    # asyncio sets TCP_NODELAY only on sockets that name their protocol, and accepted ones inherit it. Without it, every
    # kept-alive response waits 40 ms: Nagle's algorithm meets delayed acknowledgements.
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, listener.detach())


def create_server(application: ASGIApp, settings: Settings) -> uvicorn.Server:
    """Return the server; `run(sockets=[...])` serves until it is told to stop."""
    _allow_files(settings.max_connections + OTHER_FILES)
    protocol: Any = partial(Connection, settings=settings, newcomers={})
    configuration = uvicorn.Config(
        application,
        http=protocol,
        ws="none",
        lifespan="off",
        log_level="error",  # uvicorn warns about what clients send, which the request log tells already
        access_log=False,
        backlog=ACCEPTED_AT_ONCE,
        timeout_graceful_shutdown=settings.shutdown_timeout_seconds,
    )
    return _Server(configuration)


class _Server(uvicorn.Server):
    """uvicorn, which listens to a long queue but takes few connections out of it before it looks at others again."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start; asyncio has one number for both, so the queue gets its own afterwards."""
        await super().startup(sockets)
        for listener in sockets or []:
            listener.listen(QUEUED_CONNECTIONS)


def _allow_files(count: int) -> None:
    """Raise this process's limit of open files as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


DRAIN_SECONDS: Final = 5
"""How long the rest of a body that was refused is read, so that its client gets to see the response."""
PROBE_SECONDS: Final = 0.5
"""Time between two looks at whether a client that sends no more still waits."""


class Connection(H11Protocol):
    """uvicorn's connection with deadlines, a limit on their number, and problems for what is not HTTP."""

    def __init__(self, *arguments: Any, settings: Settings, newcomers: dict["Connection", None], **more: Any) -> None:
        """Take, beside what uvicorn gives, all connections that had no request yet, the oldest first."""
        super().__init__(*arguments, **more)
        self._newcomers = newcomers
        self._max_connections = settings.max_connections
        self._header_seconds = settings.header_timeout_seconds
        self._opened = perf_counter()
        self._half_closed = False
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> bool:
        """Whether no request of this connection is being answered: it is idle, or its header isn't whole."""
        return not self.transport.is_closing() and (self.cycle is None or self.cycle.response_complete)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; if there are too many connections, one that isn't being answered ends, else this one."""
        super().connection_made(transport)
        self._newcomers[self] = None
        self._start_timer(self._header_seconds, self._on_late_header)
        if len(self.connections) > self._max_connections and not self._make_room():
            self._refuse(OverloadedError(BUSY))

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._newcomers.pop(self, None)
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in what the client sent."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            if self._timer is None and self.conn.trailing_data[0]:
                self._start_timer(self._header_seconds, self._on_late_header)
        elif not self._draining:
            self._newcomers.pop(self, None)
            self._stop_timer()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep the connection if its request is whole: the client may have closed its own side only."""
        if self.waiting or self.conn.their_state is h11.SEND_BODY:
            return False
        if not self._half_closed:
            self._half_closed = True
            self.loop.call_later(PROBE_SECONDS, self._probe)
        return True

    def on_response_complete(self) -> None:
        """Go on to the next request, if there can be one."""
        super().on_response_complete()
        if self._half_closed and self.waiting:
            self.transport.close()
        elif self._draining:
            self._start_timer(DRAIN_SECONDS, self.transport.abort)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # the base class's signature
        """Answer what is not HTTP."""
        self._refuse(InvalidHttpError("The request is not valid HTTP/1.1. Check what sent it, and any proxy between."))

    def shutdown(self) -> None:
        """End now if no request is whole; else after its response."""
        if self.cycle is not None and self.conn.their_state is h11.SEND_BODY:
            self.transport.abort()
        else:
            super().shutdown()

    @property
    def _draining(self) -> bool:
        return self.conn.our_state is h11.DONE and self.conn.their_state is h11.SEND_BODY

    def _start_timer(self, seconds: float, act: Any) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, act)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _on_late_header(self) -> None:
        if self.transport.is_closing():
            return
        if self.conn.trailing_data[0]:
            seconds = f"{self._header_seconds:g}"
            self._refuse(RequestTimeoutError(f"The request's header took more than {seconds} seconds to arrive."))
        else:
            self.transport.close()

    def _make_room(self) -> bool:
        """End the connection that has waited longest, one that never had a request first; tell if there was one."""
        others: Any = self.connections
        oldest = next(iter(self._newcomers))
        if oldest is self:
            idle = [other for other in others if other is not self and other.waiting]
            if not idle:
                return False
            oldest = min(idle, key=lambda other: other._opened)
        self._newcomers.pop(oldest, None)
        oldest.transport.abort()
        return True

    def _probe(self) -> None:
        """Send an interim response: one client skips it, the system of another that is gone resets the connection."""
        if self.waiting or self.transport.is_closing() or self.cycle.response_started:
            return
        if self.scope["http_version"] == "1.1":
            interim = h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue")
            self.transport.write(self.conn.send(interim) or b"")
        self.loop.call_later(PROBE_SECONDS, self._probe)

    def _refuse(self, error: ValenceError) -> None:
        """Answer outside the application, and close."""
        record = new_record()
        problem = problem_of(error).model_copy(update={"request_id": record.request_id})
        record.code, record.status = problem.code, problem.status
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            body = problem.model_dump_json(exclude_none=True).encode()
            self._write(record, {**headers_of(error), "Content-Type": MEDIA_TYPE}, body)
        report(record, None, None, round((perf_counter() - self._opened) * 1000, 3))
        self.transport.close()

    def _write(self, record: RequestRecord, headers: dict[str, str], body: bytes) -> None:
        own = {"Content-Length": str(len(body)), "Connection": "close", HEADER: record.request_id}
        response = h11.Response(status_code=record.status or 0, headers=list({**headers, **own}.items()))
        for event in (response, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
