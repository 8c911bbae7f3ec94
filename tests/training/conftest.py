"""Small data, small models."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.small_imdb import write_small_imdb
from tests.training.tiny import tiny_arguments
from training.__main__ import main
from training.datasets import Example, load_dataset


@pytest.fixture(scope="session", autouse=True)
def own_cache_and_one_thread(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing is read from or left in the user's cache."""
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VALENCE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def data_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train, unlabelled and test reviews, and MovieLens. Not to be changed: write another."""
    return write_small_imdb(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def examples(data_root: Path) -> list[Example]:
    """The training split."""
    return load_dataset("imdb", data_root, "train")


@pytest.fixture(scope="session")
def finished_run(data_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of the `train` command. Not to be changed: copy it first."""
    folder = tmp_path_factory.mktemp("runs") / "reviews"
    command = ["train", "reviews", "--data-root", str(data_root), "--output", str(folder), "--device", "cpu"]
    assert main([*command, *tiny_arguments()]) == 0
    return folder
