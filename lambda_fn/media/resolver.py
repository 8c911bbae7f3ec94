"""Names to addresses, within a deadline."""

import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv6Address, ip_address
from typing import Final, Protocol

from lambda_fn.errors import MediaUnreachableError
from lambda_fn.media.budget import Deadline, late
from lambda_fn.media.web_policy import Address

THREADS: Final = 8
"""Names that are looked up at once: what a slow name server holds up waits here, and nowhere else."""


class Resolver(Protocol):
    """Looks names up."""

    def resolve(self, host: str, port: int, deadline: Deadline) -> Sequence[Address]:
        """Return every address of a host; MediaUnreachableError where it has none, MediaTimeoutError when late."""


class SystemResolver:
    """Asks the operating system, which knows no deadline: whoever waits for it leaves when theirs is over."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, "media-names")

    def resolve(self, host: str, port: int, deadline: Deadline) -> Sequence[Address]:
        """See Resolver. IPv4 comes first, since Lambda speaks nothing else by default."""
        pending = self._threads.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        try:
            found = pending.result(deadline.remaining())
        except TimeoutError:
            pending.cancel()
            raise late() from None
        except (OSError, UnicodeError):
            raise MediaUnreachableError("The URL's host has no address.") from None
        addresses = {ip_address(str(socket_address[0])) for *_, socket_address in found}
        return sorted(addresses, key=lambda address: (isinstance(address, IPv6Address), address.packed))
