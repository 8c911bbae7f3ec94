"""Where on the web the service goes."""

from collections.abc import Sequence
from dataclasses import dataclass

from lambda_fn.errors import MediaUrlRefusedError
from lambda_fn.media.address import Address, is_public
from lambda_fn.media.web_url import WebUrl


@dataclass(frozen=True, slots=True)
class WebPolicy:
    """To public addresses, over TLS, on the usual port."""

    ports: frozenset[int] = frozenset({443})
    allow_loopback: bool = False
    """Whether this machine itself may be asked too, over plain HTTP and on any port: for development."""

    def check_url(self, url: WebUrl) -> None:
        """MediaUrlRefusedError where nothing that the host leads to could be gone to."""
        if not self.allow_loopback:
            self._check_door(url)

    def check_addresses(self, url: WebUrl, addresses: Sequence[Address]) -> None:
        """MediaUrlRefusedError unless every one of the host's addresses may be gone to."""
        if self.allow_loopback and all(address.is_loopback for address in addresses):
            return
        self._check_door(url)
        if not all(map(is_public, addresses)):
            raise MediaUrlRefusedError("The URL's host has an address that isn't on the public internet.")

    def _check_door(self, url: WebUrl) -> None:
        if url.scheme != "https":
            raise MediaUrlRefusedError("Plain HTTP isn't used. Send a URL that begins with https://.")
        if url.port not in self.ports:
            raise MediaUrlRefusedError("The URL's port isn't one that the service goes to. Leave it out.")
