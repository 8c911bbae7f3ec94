import asyncio
from collections.abc import Callable
from threading import Event, get_ident

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message

from lambda_fn.errors import OverloadedError
from lambda_fn.inference.admission import ByteBudget, Lane
from tests.lambda_fn.clients import leaves, run, stays

Call = Callable[[], int]


def _lane(max_waiting: int = 1, max_wait_seconds: float = 10) -> Lane:
    return Lane("test", 1, max_waiting, max_wait_seconds)


class Gate:
    """A call that takes until it is let through."""

    def __init__(self) -> None:
        self._open = Event()
        self.calls = 0

    def __call__(self) -> int:
        self.calls += 1
        assert self._open.wait(10)
        return self.calls

    def open(self) -> None:
        self._open.set()


async def _settled() -> None:
    await asyncio.sleep(0.02)


def test_a_call_runs_on_a_thread_of_the_lanes_own() -> None:
    thread, waited = run(_lane().run(get_ident, stays))
    assert thread != get_ident()
    assert waited == 0


def test_an_error_of_the_call_comes_through() -> None:
    with pytest.raises(ZeroDivisionError):
        run(_lane().run(lambda: 1 // 0, stays))


def test_one_call_too_many_is_refused_at_once() -> None:
    async def scenario() -> None:
        lane, gate = _lane(), Gate()
        running = [asyncio.create_task(lane.run(gate, stays)) for _ in range(2)]
        await _settled()
        assert lane.full
        with pytest.raises(OverloadedError):
            await asyncio.wait_for(lane.run(gate, stays), 0.05)
        gate.open()
        assert [await task for task in running] == [(1, 0), (2, pytest.approx(20, abs=2000))]
        assert not lane.full
        assert (await lane.run(lambda: 3, stays))[0] == 3

    run(scenario())


def test_waiting_ends_with_a_refusal() -> None:
    async def scenario() -> None:
        lane, gate = _lane(max_wait_seconds=0.01), Gate()
        running = asyncio.create_task(lane.run(gate, stays))
        await _settled()
        with pytest.raises(OverloadedError):
            await lane.run(gate, stays)
        gate.open()
        await running
        assert gate.calls == 1
        assert (await lane.run(lambda: 3, stays))[0] == 3

    run(scenario())


def test_the_call_of_a_client_that_left_is_never_made() -> None:
    async def scenario() -> None:
        lane, gate = _lane(), Gate()
        running = asyncio.create_task(lane.run(gate, stays))
        await _settled()
        with pytest.raises(ClientDisconnect):
            await lane.run(gate, leaves)
        gate.open()
        await running
        assert gate.calls == 1
        assert not lane.full

    run(scenario())


def test_a_client_that_left_during_the_call_has_left() -> None:
    with pytest.raises(ClientDisconnect):
        run(_lane().run(lambda: 1, leaves))


def test_a_call_that_nobody_waits_for_keeps_its_thread_until_it_is_done() -> None:
    async def scenario() -> None:
        lane, gate = _lane(max_waiting=0), Gate()
        running = asyncio.create_task(lane.run(gate, stays))
        await _settled()
        running.cancel()
        await _settled()
        assert lane.full
        gate.open()
        await _settled()
        assert not lane.full

    run(scenario())


def test_a_cancelled_wait_takes_no_thread_with_it() -> None:
    async def scenario() -> None:
        lane, gate = _lane(), Gate()
        running, waiting = [asyncio.create_task(lane.run(gate, stays)) for _ in range(2)]
        await _settled()
        waiting.cancel()
        await _settled()
        assert not lane.full
        gate.open()
        await running
        assert (await lane.run(lambda: 3, stays))[0] == 3

    run(scenario())


def test_another_message_is_no_departure() -> None:
    async def talks() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    assert run(_lane().run(lambda: 1, talks)) == (1, 0)


def test_a_budget_refuses_what_it_does_not_have() -> None:
    budget = ByteBudget(10)
    budget.take(6)
    with pytest.raises(OverloadedError):
        budget.take(5)
    budget.give_back(6)
    budget.take(10)


def test_requests_count_before_they_run() -> None:
    lane = _lane()
    with lane.admitted(), lane.admitted():
        assert lane.full
        with pytest.raises(OverloadedError), lane.admitted():
            raise AssertionError
    with lane.admitted():
        assert not lane.full
