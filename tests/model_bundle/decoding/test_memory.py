from threading import Barrier, Lock, Thread
from time import sleep

from model_bundle.decoding.memory import MemoryBudget


def _most_at_once(counts: list[int], budget: MemoryBudget) -> int:
    """Reserve each count on a thread of its own, and return the most bytes that were held together."""
    lock, held, most = Lock(), 0, 0
    start = Barrier(len(counts))

    def run(count: int) -> None:
        nonlocal held, most
        start.wait()
        with budget.reserve(count):
            with lock:
                held += count
                most = max(most, held)
            sleep(0.01)
            with lock:
                held -= count

    threads = [Thread(target=run, args=(count,)) for count in counts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return most


def test_together_they_stay_within_the_budget_and_use_it() -> None:
    assert _most_at_once([3] * 10, MemoryBudget(10)) == 9


def test_what_is_larger_than_the_budget_runs_alone() -> None:
    assert _most_at_once([50, 3, 3, 50], MemoryBudget(10)) == 50


def test_what_fails_gives_back_what_it_held() -> None:
    budget = MemoryBudget(10)
    for _ in range(3):
        try:
            with budget.reserve(10):
                raise MemoryError
        except MemoryError:
            continue
    assert _most_at_once([10, 10], budget) == 10
