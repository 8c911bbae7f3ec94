"""Names to addresses, within a deadline."""

import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv6Address, ip_address
from typing import Final, Protocol

from lambda_fn.errors import MediaError, MediaUnreachableError
from lambda_fn.media.budget import Deadline, late
from lambda_fn.media.web_policy import Address, not_public

THREADS: Final = 8
"""Names that are looked up at once. Only they wait for a slow name server."""


class Resolver(Protocol):
    """Looks names up."""

    def resolve(self, host: str, port: int, deadline: Deadline) -> Sequence[Address]:
        """Return every address of a host.

        MediaUrlRefusedError if it has none, as if it had a private one; MediaTimeoutError when late.
        """


class SystemResolver:
    """Asks the operating system, which knows no deadline: callers stop waiting for it when theirs is over."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, "media-names")

    def resolve(self, host: str, port: int, deadline: Deadline) -> Sequence[Address]:
        """See Resolver. IPv4 comes first, as Lambda has no IPv6 by default."""
        pending = self._threads.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        try:
            found = pending.result(deadline.remaining())
        except TimeoutError:
            pending.cancel()
            raise late() from None
        except (OSError, UnicodeError) as error:
            raise _failure(error) from None
        addresses = {ip_address(str(socket_address[0])) for *_, socket_address in found}
        return sorted(addresses, key=lambda address: (isinstance(address, IPv6Address), address.packed))


def _failure(error: Exception) -> MediaError:
    """Return the same error as for a private address: callers must not learn which internal names exist."""
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return MediaUnreachableError("The URL's host could not be looked up for the moment. Try again.")
    return not_public()
