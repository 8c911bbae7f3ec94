import socket
import time
from ipaddress import ip_address
from typing import Any

import pytest

from lambda_fn.errors import MediaTimeoutError, MediaUnreachableError, MediaUrlRefusedError
from lambda_fn.media.budget import Deadline
from lambda_fn.media.resolver import SystemResolver


def test_an_address_is_its_own() -> None:
    assert SystemResolver().resolve("192.0.2.1", 443, Deadline(1)) == [ip_address("192.0.2.1")]


def test_each_address_is_listed_once_and_ipv4_first(monkeypatch: pytest.MonkeyPatch) -> None:
    found = ["2001:db8::1", "192.0.2.2", "192.0.2.1", "192.0.2.2"]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (address, 443)) for address in found])
    addresses = SystemResolver().resolve("some.example", 443, Deadline(1))
    assert [str(address) for address in addresses] == ["192.0.2.1", "192.0.2.2", "2001:db8::1"]


@pytest.mark.parametrize("error", [socket.gaierror(-2, "secret"), OSError("secret"), UnicodeError("secret")])
def test_a_name_without_an_address_is_refused_as_a_private_one_is(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(MediaUrlRefusedError, match="no address on the public internet"):
        SystemResolver().resolve("none.example", 443, Deadline(30))


def test_a_name_server_that_fails_may_be_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "secret")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(MediaUnreachableError, match="Try again"):
        SystemResolver().resolve("some.example", 443, Deadline(1))


def test_nobody_waits_for_a_slow_name_server_beyond_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(1))
    resolver = SystemResolver()
    started = time.monotonic()
    for _ in range(10):  # more than there are threads
        with pytest.raises(MediaTimeoutError):
            resolver.resolve("slow.example", 443, Deadline(0.02))
    assert time.monotonic() - started < 0.9
