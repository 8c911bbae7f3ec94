import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.small_imdb import (
    FILMS,
    REVIEWS_PER_FOLDER,
    pack_reviews,
    write_movielens,
    write_reviews,
    write_small_imdb,
    write_titles,
)
from training.datasets import Example, load_dataset
from training.errors import DatasetError

FEW = 12


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root of few reviews, to be damaged."""
    return write_small_imdb(tmp_path / "root", reviews=FEW)


def test_each_split_holds_its_own_reviews(data_root: Path) -> None:
    sizes = {split: len(load_dataset("imdb", data_root, split)) for split in ("train", "test", "all", "unlabelled")}
    n = REVIEWS_PER_FOLDER
    assert sizes == {"train": 2 * n, "test": 2 * n, "all": 4 * n, "unlabelled": n}


def test_a_review_is_read_to_the_letter(data_root: Path) -> None:
    examples = load_dataset("imdb", data_root, "train")
    texts = {example.identifier: example.item.text for example in examples}
    written = {
        path.relative_to(data_root / "aclImdb").with_suffix("").as_posix(): path.read_bytes().decode()
        for path in (data_root / "aclImdb/train").glob("[np]*/*.txt")
    }
    assert texts == written
    assert all(any(oddity in text for text in written.values()) for oddity in ("<br />", "\u2028", "\x85", '"', "é"))


def test_labels_follow_the_folders(data_root: Path) -> None:
    examples = load_dataset("imdb", data_root, "train")
    assert {(example.identifier.split("/")[1], example.labels["sentiment"]) for example in examples} == {
        ("neg", "negative"),
        ("pos", "positive"),
    }
    assert {len(example.labels) for example in load_dataset("imdb", data_root, "unlabelled")} == {0}


def test_the_order_is_that_of_folders_and_numbers(root: Path) -> None:
    names = [example.identifier.rpartition("_")[0] for example in load_dataset("imdb", root, "all")]
    folders = ("train/neg", "train/pos", "test/neg", "test/pos")
    assert names == [f"{folder}/{number}" for folder in folders for number in range(FEW)]


def test_folder_and_archive_read_the_same(data_root: Path, tmp_path: Path) -> None:
    pack_reviews(data_root / "aclImdb", tmp_path)
    write_movielens(tmp_path)
    for split in ("all", "unlabelled"):
        assert load_dataset("imdb", tmp_path, split) == load_dataset("imdb", data_root, split)


def test_a_root_may_hold_the_test_part_alone(data_root: Path, tmp_path: Path) -> None:
    write_small_imdb(tmp_path, parts=["test"])
    expected = load_dataset("imdb", data_root, "test")
    assert load_dataset("imdb", tmp_path, "test") == load_dataset("imdb", tmp_path, "all") == expected
    with pytest.raises(DatasetError, match="aclImdb has no reviews of the split 'train'"):
        load_dataset("imdb", tmp_path, "train")


def test_a_part_may_be_a_link_to_another_place(data_root: Path, tmp_path: Path) -> None:
    (tmp_path / "aclImdb").mkdir()
    (tmp_path / "aclImdb/test").symlink_to(data_root / "aclImdb/test")
    write_movielens(tmp_path)
    assert load_dataset("imdb", tmp_path, "test") == load_dataset("imdb", data_root, "test")


def test_movielens_and_imdb_titles_agree(data_root: Path, tmp_path: Path) -> None:
    (tmp_path / "aclImdb").symlink_to(data_root / "aclImdb")
    write_titles(tmp_path)
    assert load_dataset("imdb", tmp_path, "all") == load_dataset("imdb", data_root, "all")


def test_genres_and_year_are_those_of_the_film(data_root: Path) -> None:
    films = {film.identifier: film for film in FILMS}
    for example in load_dataset("imdb", data_root, "train"):
        film = films[example.group]
        assert (example.item.genres, example.item.year) == (film.genres, film.year)


def test_films_without_metadata_are_among_them(examples: list[Example]) -> None:
    unknown = {example.group for example in examples if not example.item.genres and example.item.year is None}
    assert unknown == {film.identifier for film in FILMS if not film.genres}


def test_without_metadata_no_list_of_films_is_needed(data_root: Path, tmp_path: Path) -> None:
    (tmp_path / "aclImdb").symlink_to(data_root / "aclImdb")
    examples = load_dataset("imdb", tmp_path, "train", modalities=["text"])
    assert {(example.item.genres, example.item.year) for example in examples} == {((), None)}


def test_an_unknown_data_set_or_split_is_refused(data_root: Path) -> None:
    with pytest.raises(DatasetError, match=r"no data set 'yelp'; choose from imdb"):
        load_dataset("yelp", data_root, "train")
    with pytest.raises(DatasetError, match=r"no split 'dev'; choose from train, test, all, unlabelled"):
        load_dataset("imdb", data_root, "dev")


def _cut(path: Path, share: float = 0.5) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])


def _only_archive(root: Path) -> Path:
    archive = pack_reviews(root / "aclImdb", root)
    shutil.rmtree(root / "aclImdb")
    return archive


def _spoil(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 40] = bytes(40)
    path.write_bytes(content)


def _only_titles(root: Path) -> Path:
    (root / "ml-25m.zip").unlink()
    return write_titles(root)


DAMAGES: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "no reviews": (
        lambda root: shutil.rmtree(root / "aclImdb"),
        "no aclImdb and no aclImdb_v1.tar.gz",
        "training download imdb",
    ),
    "no films": (
        lambda root: (root / "ml-25m.zip").unlink(),
        r"no title.basics.tsv.gz and no ml-25m and no ml-25m.zip",
        "training download imdb",
    ),
    "truncated archive": (lambda root: _cut(_only_archive(root)), "aclImdb_v1.tar.gz is damaged", "download it again"),
    "spoiled archive": (lambda root: _spoil(_only_archive(root)), "aclImdb_v1.tar.gz is damaged", "download it again"),
    "no archive at all": (
        lambda root: _only_archive(root).write_bytes(b"<html>404</html>"),
        "aclImdb_v1.tar.gz is damaged",
        "download it again",
    ),
    "truncated zip": (lambda root: _cut(root / "ml-25m.zip"), "ml-25m.zip is damaged", "download it again"),
    "other zip": (
        lambda root: (root / "ml-25m.zip").write_bytes(b"PK\x05\x06" + bytes(18)),
        "ml-25m.zip has no ml-25m/movies.csv",
        "Download ml-25m.zip again",
    ),
    "truncated titles": (lambda root: _cut(_only_titles(root)), "title.basics.tsv.gz is damaged", "Download it again"),
    "other table": (
        lambda root: _only_titles(root).write_bytes(gzip.compress(b"a\tb\n1\t2\n")),
        "title.basics.tsv.gz is damaged or no IMDb title list",
        "Download it again",
    ),
    "no urls": (
        lambda root: (root / "aclImdb/train/urls_pos.txt").unlink(),
        "aclImdb has no aclImdb/train/urls_pos.txt",
        "training download imdb",
    ),
    "short urls": (
        lambda root: _cut(root / "aclImdb/train/urls_neg.txt"),
        r"aclImdb/train/urls_neg.txt has no film in line \d+",
        "training download imdb",
    ),
    "no folder": (
        lambda root: shutil.rmtree(root / "aclImdb/train/pos"),
        "aclImdb has no aclImdb/train/pos: it is incomplete",
        "training download imdb",
    ),
    "unknown label": (
        lambda root: (root / "aclImdb/train/neg").rename(root / "aclImdb/train/bad"),
        "aclImdb has no aclImdb/train/neg: it is incomplete",
        "training download imdb",
    ),
    "a third label": (
        lambda root: shutil.copytree(root / "aclImdb/train/neg", root / "aclImdb/train/neutral"),
        r"aclImdb/train/neutral/\d+_\d.txt has the unknown label 'neutral'",
        "known: neg, pos",
    ),
    "impossible rating": (
        lambda root: (root / "aclImdb/train/pos/0_2.txt").write_text("Good."),
        "aclImdb/train/pos/0_2.txt has the rating 2",
        "'pos' can't have",
    ),
    "not UTF-8": (
        lambda root: next((root / "aclImdb/train/pos").iterdir()).write_bytes(b"caf\xe9"),
        r"aclImdb/train/pos/\d+_\d+.txt is not UTF-8",
        "Download the archive again",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_told_with_file_and_remedy(root: Path, damage: str) -> None:
    spoil, file, remedy = DAMAGES[damage]
    spoil(root)
    with pytest.raises(DatasetError, match=file) as caught:
        load_dataset("imdb", root, "train")
    assert remedy in str(caught.value)


def test_what_is_damaged_is_not_cached(root: Path) -> None:
    urls = root / "aclImdb/train/urls_pos.txt"
    whole = urls.read_bytes()
    urls.unlink()
    with pytest.raises(DatasetError):
        load_dataset("imdb", root, "train")
    urls.write_bytes(whole)
    assert len(load_dataset("imdb", root, "train")) == 2 * FEW


def test_reviews_added_later_are_read(tmp_path: Path) -> None:
    write_small_imdb(tmp_path, parts=["train"], reviews=FEW)
    assert len(load_dataset("imdb", tmp_path, "all")) == 2 * FEW
    shutil.rmtree(tmp_path / "aclImdb")
    write_reviews(tmp_path, reviews=FEW)
    assert len(load_dataset("imdb", tmp_path, "all")) == 4 * FEW
