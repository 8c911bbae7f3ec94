"""How much memory decoding may take at once, whichever threads do it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Lock


class MemoryBudget:
    """Bytes that threads reserve before they allocate them. A reservation larger than the budget waits to be alone."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._reserved = 0
        self._changed = Condition()
        self._turn = Lock()

    @contextmanager
    def reserve(self, count: int) -> Iterator[None]:
        """Hold `count` bytes for the time of the block. Whoever comes first is served first, whatever its size."""
        with self._turn, self._changed:
            self._changed.wait_for(lambda: not self._reserved or self._reserved + count <= self._max_bytes)
            self._reserved += count
        try:
            yield
        finally:
            with self._changed:
                self._reserved -= count
                self._changed.notify_all()
