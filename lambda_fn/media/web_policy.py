"""Where on the web the service connects to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

from lambda_fn.errors import MediaUrlRefusedError
from lambda_fn.media.web_url import WebUrl

Address = IPv4Address | IPv6Address

_IPV4_EXCEPTIONS: Final = tuple(
    IPv4Network(network)
    for network in (
        "100.64.0.0/10",  # carriers' own
        "168.63.129.16/32",  # Azure's platform, within a virtual machine there
        "192.0.0.0/24",  # protocol assignments; before Python 3.11.10, `is_global` lets some of them through
        "192.88.99.0/24",  # relays of 6to4
    )
)
_UNICAST: Final = IPv6Network("2000::/3")
_IPV6_EXCEPTIONS: Final = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, which holds an IPv4 address, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which holds an IPv4 address
        "3fff::/20",  # documentation
    )
)


def is_public(address: Address) -> bool:
    """Whether an address is one machine on the public internet, by IANA's registries of special addresses.

    In IPv6 that is what lies in 2000::/3, and so never an IPv4 address in disguise: mapped (::ffff:0:0/96), compatible
    (::/96) or translated (64:ff9b::/96, 64:ff9b:1::/48).
    """
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and not _within(address, _IPV4_EXCEPTIONS)
    return address.is_global and address in _UNICAST and not _within(address, _IPV6_EXCEPTIONS)


def _within(address: Address, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    return any(address in network for network in networks)


def not_public() -> MediaUrlRefusedError:
    """Return the error for a host with a private address, and for one without any: they must not be told apart."""
    return MediaUrlRefusedError("The URL's host has no address on the public internet. Check its name.")


@dataclass(frozen=True, slots=True)
class WebPolicy:
    """To public addresses, over TLS, on the usual port."""

    ports: frozenset[int] = frozenset({443})
    allow_loopback: bool = False
    """Whether this machine itself is allowed too, over plain HTTP and on any port: for development."""

    def check_url(self, url: WebUrl) -> None:
        """Raise MediaUrlRefusedError if no address of the host could make this URL acceptable."""
        if not self.allow_loopback:
            self._check_scheme_and_port(url)

    def check_addresses(self, url: WebUrl, addresses: Sequence[Address]) -> None:
        """Raise MediaUrlRefusedError unless the service may connect to every one of the host's addresses."""
        if self.allow_loopback and all(address.is_loopback for address in addresses):
            return
        self._check_scheme_and_port(url)
        if not addresses or not all(map(is_public, addresses)):
            raise not_public()

    def _check_scheme_and_port(self, url: WebUrl) -> None:
        if url.scheme != "https":
            raise MediaUrlRefusedError("Plain HTTP is not supported. Send a URL that begins with https://.")
        if url.port not in self.ports:
            ports = ", ".join(map(str, sorted(self.ports)))
            raise MediaUrlRefusedError(f"The URL's port must be {ports}. Leave it out for the usual one.")
