import os
from collections.abc import Callable
from pathlib import Path

import pytest

from model_bundle import Item
from tests.small_imdb import pack_reviews, write_movielens, write_reviews
from training.datasets import DatasetDescription, Example, imdb, load_dataset, registry
from training.datasets.cache import cache_folder, cached_examples
from training.datasets.source import Source

EXAMPLES = [Example("a/0", Item("Good.", ("Drama",), 1994), {"sentiment": "positive"}, "0000001")]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VALENCE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root whose reviews are an archive."""
    pack_reviews(write_reviews(tmp_path / "made", reviews=4), tmp_path / "root")
    write_movielens(tmp_path / "root")
    return tmp_path / "root"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The splits that were really read."""
    splits: list[str] = []

    def read(sources: list[Source], split: str) -> list[Example]:
        splits.append(split)
        return imdb.read(sources, split)

    description = DatasetDescription(**vars(registry.DATASETS["imdb"]) | {"read": read})
    monkeypatch.setattr(registry, "DATASETS", {"imdb": description})
    return splits


def test_a_split_is_read_once(root: Path, reads: list[str]) -> None:
    first = load_dataset("imdb", root, "train")
    assert load_dataset("imdb", root, "train") == first
    load_dataset("imdb", root, "test")
    assert reads == ["train", "test"]


def test_with_and_without_metadata_are_kept_apart(root: Path, reads: list[str]) -> None:
    with_metadata = load_dataset("imdb", root, "train")
    assert load_dataset("imdb", root, "train", modalities=["text"]) != with_metadata
    assert reads == ["train", "train"]


def test_a_changed_archive_is_read_again(root: Path, tmp_path: Path, reads: list[str]) -> None:
    assert len(load_dataset("imdb", root, "train")) == 8
    pack_reviews(write_reviews(tmp_path / "larger", reviews=5), root)
    assert len(load_dataset("imdb", root, "train")) == 10
    assert reads == ["train", "train"]


def test_changed_films_are_read_again(root: Path, reads: list[str]) -> None:
    load_dataset("imdb", root, "train")
    os.utime(root / "ml-25m.zip", (1, 1))
    load_dataset("imdb", root, "train")
    assert reads == ["train", "train"]


def test_a_change_deep_in_a_folder_is_seen(tmp_path: Path, reads: list[str]) -> None:
    review = next(write_reviews(tmp_path, reviews=4).glob("train/pos/0_*.txt"))
    load_dataset("imdb", tmp_path, "train", modalities=["text"])
    review.write_text("Another text.", encoding="utf-8")
    texts = [example.item.text for example in load_dataset("imdb", tmp_path, "train", modalities=["text"])]
    assert "Another text." in texts
    assert reads == ["train", "train"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-5],
        lambda content: content[: len(content) // 2] + "\n",
        lambda content: "",
        lambda content: "{}\n",
        lambda content: "[1, 2]\n",
        lambda content: "\udcff",
    ],
)
def test_a_damaged_cache_is_read_anew_and_mended(cache: Path, damage: Callable[[str], str]) -> None:
    assert cached_examples(["key"], lambda: EXAMPLES) == EXAMPLES
    (path,) = cache.iterdir()
    whole = path.read_text(encoding="utf-8")
    path.write_text(damage(whole), encoding="utf-8", errors="surrogateescape")
    assert cached_examples(["key"], lambda: EXAMPLES) == EXAMPLES
    assert path.read_text(encoding="utf-8") == whole


def test_a_good_cache_is_not_read_anew() -> None:
    cached_examples(["key"], lambda: EXAMPLES)
    assert cached_examples(["key"], list) == EXAMPLES
    assert cached_examples(["another key"], list) == []


def test_the_cache_is_the_users_own_unless_told(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    assert cache_folder() == cache
    monkeypatch.delenv("VALENCE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert cache_folder() == Path("/elsewhere/valence")


def test_where_nothing_can_be_cached_the_examples_come_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("VALENCE_CACHE", str(tmp_path / "file"))
    assert cached_examples(["key"], lambda: EXAMPLES) == EXAMPLES
    assert "VALENCE_CACHE names another folder" in capsys.readouterr().err
