"""Clients as an application sees them, once their body is read."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.types import Message

T = TypeVar("T")


async def stays() -> Message:
    """Receive from a client that waits for its response."""
    await asyncio.Future()
    raise AssertionError


async def leaves() -> Message:
    """Receive from a client that has left."""
    return {"type": "http.disconnect"}


def run(scenario: Coroutine[Any, Any, T]) -> T:
    """Run like `asyncio.run`, but leave the thread's own event loop, which Mangum may have made, where it is."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(scenario)
