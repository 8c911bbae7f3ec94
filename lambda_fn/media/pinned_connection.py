"""Connections to addresses that were checked, each step of which ends with the deadline."""

from collections.abc import Iterable, Sequence
from ssl import SSLContext
from typing import Any, Final

from httpcore2 import SOCKET_OPTION, ConnectError, ConnectTimeout, NetworkBackend, NetworkStream, SyncBackend

from lambda_fn.media.budget import Deadline
from lambda_fn.media.web_policy import Address

MAX_ADDRESSES: Final = 4
"""Addresses of one host that are tried."""


class PinnedBackend(NetworkBackend):
    """Connects to these addresses, whatever the host's name leads to by now."""

    def __init__(self, addresses: Sequence[Address], deadline: Deadline) -> None:
        self._addresses = addresses[:MAX_ADDRESSES]
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        """Connect to the first address that answers; each that is left has an equal share of the time that is."""
        for place, address in enumerate(self._addresses):
            share = self._deadline.remaining() / (len(self._addresses) - place)
            try:
                stream = SyncBackend().connect_tcp(str(address), port, share, local_address, socket_options)
            except (ConnectError, ConnectTimeout):
                continue
            return _TimedStream(stream, self._deadline)
        self._deadline.remaining()
        raise ConnectError("none of the addresses answered")


class _TimedStream(NetworkStream):
    """Waits for each read, write and handshake until the deadline at the longest, however many there are."""

    def __init__(self, stream: NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.remaining())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.remaining())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.remaining())
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
