"""Bounds on the work in hand: what finds no room is refused at once, so that the rest is answered in time."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from time import perf_counter
from typing import Final, TypeVar

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from lambda_fn.errors import OverloadedError

T = TypeVar("T")
BUSY: Final = "The service has as many requests as it can handle. Try again after the time in Retry-After."


class Lane:
    """Runs blocking calls on threads of its own. A bounded number of them wait for a thread, each for a bounded time.

    Used from one event loop at a time.
    """

    def __init__(self, name: str, threads: int, max_waiting: int, max_wait_seconds: float) -> None:
        self._pool = ThreadPoolExecutor(threads, name)
        self._free = threads
        self._max_admitted = threads + max_waiting
        self._admitted = 0
        self._max_waiting = max_waiting
        self._max_wait_seconds = max_wait_seconds
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def full(self) -> bool:
        """Whether the next request would be refused."""
        return self._admitted >= self._max_admitted or self._is_queue_full

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Count a request from before its body is read; OverloadedError if as many are there as can run and wait."""
        if self.full:
            raise OverloadedError(BUSY)
        self._admitted += 1
        try:
            yield
        finally:
            self._admitted -= 1

    async def run(self, call: Callable[[], T], receive: Receive) -> tuple[T, float]:
        """Return what `call` returns, and the milliseconds that it waited for a thread.

        OverloadedError if too many calls wait already, or if this one waited too long; ClientDisconnect if the client
        of `receive`, whose body must have been read, left before or during the call.
        """
        waited_ms = await self._enter(receive)
        running = asyncio.get_running_loop().run_in_executor(self._pool, copy_context().run, call)
        # A thread can't be stopped: it counts until it is done, even if whoever waits for it is cancelled.
        running.add_done_callback(lambda _: self._leave())
        result = await asyncio.shield(running)
        if await _has_left(receive):
            raise ClientDisconnect
        return result, waited_ms

    @property
    def _is_queue_full(self) -> bool:
        return not self._free and len(self._waiting) >= self._max_waiting

    async def _enter(self, receive: Receive) -> float:
        if self._free:
            self._free -= 1
            return 0.0
        if self._is_queue_full:
            raise OverloadedError(BUSY)
        started = perf_counter()
        await self._wait_for_turn(receive)
        return round((perf_counter() - started) * 1000, 3)

    async def _wait_for_turn(self, receive: Receive) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        departure = asyncio.ensure_future(_departure(receive))
        try:
            await asyncio.wait({turn, departure}, timeout=self._max_wait_seconds, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._give_up(turn)
            raise
        finally:
            departure.cancel()
        if departure.done() and not departure.cancelled():
            self._give_up(turn)
            raise ClientDisconnect
        if not turn.done():
            self._give_up(turn)
            raise OverloadedError(BUSY)

    def _give_up(self, turn: "asyncio.Future[None]") -> None:
        if turn.done():
            self._leave()
        else:
            self._waiting.remove(turn)

    def _leave(self) -> None:
        if self._waiting:
            self._waiting.popleft().set_result(None)  # the thread passes on to the next in line
        else:
            self._free += 1


async def _departure(receive: Receive) -> None:
    """Return when the client leaves."""
    if (await receive())["type"] != "http.disconnect":
        await asyncio.Future()


async def _has_left(receive: Receive) -> bool:
    """Whether the client has left by now."""
    departure = asyncio.ensure_future(_departure(receive))
    await asyncio.sleep(0)
    left = departure.done()
    departure.cancel()
    return left


class ByteBudget:
    """Bytes that all requests together may hold at a time. Used from one event loop at a time."""

    def __init__(self, max_bytes: int) -> None:
        self._left = max_bytes

    def take(self, count: int) -> None:
        """Take bytes away; OverloadedError if so many are not left."""
        if count > self._left:
            raise OverloadedError(BUSY)
        self._left -= count

    def give_back(self, count: int) -> None:
        """Return bytes."""
        self._left += count
