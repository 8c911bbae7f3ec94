"""The small data, and the run on it, that the tests of training have too."""

from tests.training.conftest import data_root, examples, finished_run, own_cache_and_one_thread

__all__ = ["data_root", "examples", "finished_run", "own_cache_and_one_thread"]
