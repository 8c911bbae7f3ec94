from ipaddress import ip_address

import pytest
from httpcore2 import ConnectError, ConnectTimeout, NetworkStream, SyncBackend

from lambda_fn.errors import MediaTimeoutError
from lambda_fn.media.budget import Deadline
from lambda_fn.media.pinned_connection import MAX_ADDRESSES, PinnedBackend

ADDRESSES = [ip_address(f"192.0.2.{number}") for number in range(1, 9)]


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """No address answers; how long each was waited for."""
    waited: list[float] = []

    def connect(self: SyncBackend, host: str, port: int, timeout: float, *rest: object) -> NetworkStream:
        waited.append(timeout)
        raise ConnectTimeout if len(waited) % 2 else ConnectError

    monkeypatch.setattr(SyncBackend, "connect_tcp", connect)
    return waited


def test_no_address_takes_the_time_of_the_next(waits: list[float]) -> None:
    with pytest.raises(ConnectError):
        PinnedBackend(ADDRESSES[:2], Deadline(10)).connect_tcp("some.example", 443)
    assert waits == [pytest.approx(5, abs=0.5), pytest.approx(10, abs=0.5)]


def test_a_host_of_many_addresses_is_given_up_after_a_few(waits: list[float]) -> None:
    with pytest.raises(ConnectError):
        PinnedBackend(ADDRESSES, Deadline(10)).connect_tcp("many.example", 443)
    assert len(waits) == MAX_ADDRESSES


def test_nothing_is_tried_when_the_time_is_up(waits: list[float]) -> None:
    with pytest.raises(MediaTimeoutError):
        PinnedBackend(ADDRESSES, Deadline(0)).connect_tcp("late.example", 443)
    assert waits == []
