"""Bounds on the work in hand: what finds no room is refused at once, so that the rest is answered in time."""

import asyncio
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from threading import Lock
from time import perf_counter
from typing import Final, TypeVar

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from lambda_fn.errors import JobRequiredError, OverloadedError
from lambda_fn.schemas.request import PredictionRequest
from model_bundle.catalog import Catalog
from model_bundle.item import Item

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

    def check_room(self) -> None:
        """OverloadedError if the next request would be refused."""
        if self.full:
            raise OverloadedError(BUSY)

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Count a request from before it is parsed; OverloadedError if as many are there as can run and wait."""
        self.check_room()
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


MEASURED_CHARACTERS: Final = (100, 1_000, 50_000)
"""Lengths of text at which a model is measured: short, about where most models cut a text, and the longest."""
SENTENCE: Final = "This is a text of common words, and it is as long as it has to be. "
SMALL_REQUEST: Final = 20
"""Items, counting an explained one several times, up to which a request of moderate texts is not even estimated."""
SMALL_CHARACTERS: Final = 100_000

MAX_EXPLAINED_WORDS: Final = 128
RUNS_PER_WORD: Final = 0.5
"""Predictions that explaining one word costs: measured from 0.25 to 0.5 with the shipped models."""
RUNS_FOR_MODALITIES: Final = 1.5
SECONDS_PER_IMAGE: Final = 0.1
SECONDS_PER_CLIP: Final = 3.0
"""Decoding and encoding, beside the text."""


class WorkEstimate:
    """Refuses requests that can't be ready in time. Safe to use from several threads."""

    def __init__(self, catalog: Catalog, max_seconds: float | None) -> None:
        self._catalog = catalog
        self._max_seconds = max_seconds
        self._measured: dict[str, tuple[float, ...]] = {}
        self._lock = Lock()

    def check(self, model: str, requests: Sequence[PredictionRequest]) -> float:
        """Return the seconds that these requests will take, 0 if they are few; JobRequiredError if too many."""
        if self._max_seconds is None or _is_small(requests) or model not in self._catalog.specs:
            return 0.0
        seconds = self.seconds(model, requests)
        if seconds > self._max_seconds:
            raise JobRequiredError(
                f"This request would take about {seconds:.0f} seconds, and a response may take {self._max_seconds:g}. "
                "Send it in parts, with fewer items, shorter texts or fewer explanations, or run it as a batch job "
                "(docs/deploy.md, Batch jobs)."
            )
        return seconds

    def seconds(self, model: str, requests: Sequence[PredictionRequest]) -> float:
        """Return the estimate in seconds."""
        measured = self._measure(model)
        return sum(_seconds_of(request, measured) for request in requests)

    def _measure(self, model: str) -> tuple[float, ...]:
        with self._lock:
            if model not in self._measured:
                predictor = self._catalog.predictor(model)
                predictor.warm_up()
                self._measured[model] = tuple(self._time(model, length) for length in MEASURED_CHARACTERS)
            return self._measured[model]

    def _time(self, model: str, characters: int) -> float:
        text = (SENTENCE * (characters // len(SENTENCE) + 1))[:characters]
        started = perf_counter()
        self._catalog.predictor(model).predict_batch([Item(text=text)], [()])
        return perf_counter() - started


def _is_small(requests: Sequence[PredictionRequest]) -> bool:
    characters = sum(len(request.text or "") for request in requests)
    runs = sum(_runs(request) + 10 * len(request.media) for request in requests)
    return runs <= SMALL_REQUEST and characters <= SMALL_CHARACTERS


def _seconds_of(request: PredictionRequest, measured: Sequence[float]) -> float:
    media = sum(SECONDS_PER_IMAGE if medium.kind == "image" else SECONDS_PER_CLIP for medium in request.media)
    return _interpolated(len(request.text or ""), measured) * _runs(request) + media


def _runs(request: PredictionRequest) -> float:
    """Return how many plain predictions cost as much."""
    words = min(len((request.text or "").split()), MAX_EXPLAINED_WORDS) if "words" in request.explain else 0
    return 1 + words * RUNS_PER_WORD + (RUNS_FOR_MODALITIES if "modalities" in request.explain else 0)


def _interpolated(characters: int, measured: Sequence[float]) -> float:
    place = min(max(bisect_right(MEASURED_CHARACTERS, characters), 1), len(measured) - 1)
    low, high = MEASURED_CHARACTERS[place - 1], MEASURED_CHARACTERS[place]
    slope = (measured[place] - measured[place - 1]) / (high - low)
    return max(measured[place - 1] + slope * (characters - low), measured[0])
