"""The service as a process of its own: a listening socket, and uvicorn on it."""

import socket

import uvicorn
from starlette.types import ASGIApp


class PortError(Exception):
    """The service cannot listen on the host and port it was given."""


def listen(host: str, port: int) -> socket.socket:
    """Return a listening TCP socket; PortError if the address is taken or does not exist."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        reason = error.strerror or str(error)
        raise PortError(f"Can't listen on {host}:{port}: {reason}. Choose another with --host and --port.") from None
    # asyncio sets TCP_NODELAY only on sockets that name their protocol, and accepted ones inherit it. Without it, every
    # kept-alive response waits 40 ms: Nagle's algorithm meets delayed acknowledgements.
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, listener.detach())


def create_server(application: ASGIApp) -> uvicorn.Server:
    """Return the server; `run(sockets=[...])` serves until it is told to stop."""
    return uvicorn.Server(uvicorn.Config(application, log_level="warning", access_log=False, lifespan="off"))
