import numpy as np
import pytest

from training.fitting import batches as sampling
from training.fitting.batches import batches_by_length, shuffled_batches

LENGTHS = np.random.default_rng(0).integers(1, 500, 1000)


@pytest.mark.parametrize("size", [1000, 32, 7, 3])
def test_every_row_comes_once(size: int) -> None:
    batches = shuffled_batches(LENGTHS, size, seed=0)
    dropped = 1000 % size == 1
    assert len({row for batch in batches for row in batch}) == sum(map(len, batches)) == 1000 - dropped
    assert max(map(len, batches)) == size


def test_the_order_follows_the_seed_alone() -> None:
    assert shuffled_batches(LENGTHS, 32, seed=1) == shuffled_batches(LENGTHS, 32, seed=1)
    assert shuffled_batches(LENGTHS, 32, seed=1) != shuffled_batches(LENGTHS, 32, seed=2)


def test_a_last_batch_of_one_row_is_dropped() -> None:
    assert sorted(map(len, shuffled_batches(LENGTHS[:9], 4, seed=0))) == [4, 4]
    assert shuffled_batches(LENGTHS[:1], 4, seed=0) == []


def test_rows_of_a_batch_are_of_similar_length() -> None:
    spreads = [np.ptp(LENGTHS[batch]) for batch in shuffled_batches(LENGTHS, 10, seed=0)]
    assert np.mean(spreads) < 0.1 * np.ptp(LENGTHS)


def test_batches_are_mixed_again_in_every_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "CHUNK_BATCHES", 2)
    batches = shuffled_batches(LENGTHS, 10, seed=0)
    assert sorted(row for batch in batches for row in batch) == list(range(1000))


def test_by_length_is_all_rows_from_short_to_long() -> None:
    batches = batches_by_length(LENGTHS, 300)
    rows = [row for batch in batches for row in batch]
    assert [len(batch) for batch in batches] == [300, 300, 300, 100]
    assert sorted(rows) == list(range(1000))
    assert np.all(np.diff(LENGTHS[rows]) >= 0)
