"""Which examples share a batch."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

CHUNK_BATCHES = 64
"""Examples are sorted by length within chunks of so many batches: little padding, still well mixed."""


def shuffled_batches(lengths: NDArray[np.int64], batch_size: int, seed: int) -> list[list[int]]:
    """Return batches of rows in random order, of similar length within a batch; the same for the same seed.

    A last batch of one row is dropped: batch normalisation can't learn from it.
    """
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(lengths))
    batches = [
        batch for chunk in _chunks(order, batch_size * CHUNK_BATCHES) for batch in _sorted(chunk, lengths, batch_size)
    ]
    usable = [batch for batch in batches if len(batch) > 1]
    return [usable[position] for position in generator.permutation(len(usable))]


def batches_by_length(lengths: NDArray[np.int64], batch_size: int) -> list[list[int]]:
    """Return all rows in batches from the shortest to the longest."""
    return list(_sorted(np.arange(len(lengths)), lengths, batch_size))


def _sorted(rows: NDArray[np.int64], lengths: NDArray[np.int64], batch_size: int) -> Iterator[list[int]]:
    ordered = rows[np.argsort(lengths[rows], kind="stable")]
    return (batch.tolist() for batch in _chunks(ordered, batch_size))


def _chunks(rows: NDArray[np.int64], size: int) -> Iterator[NDArray[np.int64]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))
