import io
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.small_cifar100 import SUPERCLASSES, make_files, make_table, pickled, write_archive, write_folder
from training.datasets import load_dataset
from training.datasets.cifar100 import SENTIMENTS
from training.errors import DatasetError

Files = dict[str, bytes]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_archive(tmp_path, make_files())
    return tmp_path


def pixels_of(image: bytes | None) -> np.ndarray:
    with Image.open(io.BytesIO(image or b"")) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture)


def test_each_split_holds_its_own_pictures(root: Path) -> None:
    assert {split: len(load_dataset("cifar100", root, split)) for split in ("train", "test", "all")} == {
        "train": 24,
        "test": 6,
        "all": 30,
    }


def test_pictures_are_read_to_the_pixel(root: Path) -> None:
    table = make_table(6, seed=1)
    for example, row in zip(load_dataset("cifar100", root, "test"), table["data"], strict=True):
        pixels = pixels_of(example.item.image)
        assert np.array_equal(pixels[..., 0].ravel(), row[:1024])  # red by rows, then green, then blue
        assert np.array_equal(pixels[..., 2].ravel(), row[2048:])
        assert example.item.text is None


def test_labels_follow_the_superclasses(root: Path) -> None:
    labels = [example.labels["sentiment"] for example in load_dataset("cifar100", root, "train")]
    assert all(SUPERCLASSES[row % 20] in SENTIMENTS[label] for row, label in enumerate(labels))
    assert set(labels) == {"negative", "neutral", "positive"}
    assert len({name for names in SENTIMENTS.values() for name in names}) == 20


def test_folder_and_archive_read_the_same(root: Path, tmp_path: Path) -> None:
    write_folder(tmp_path / "unpacked", make_files())
    assert load_dataset("cifar100", tmp_path / "unpacked", "all") == load_dataset("cifar100", root, "all")


def test_the_same_picture_is_one_group_across_the_parts(tmp_path: Path) -> None:
    table = make_table(3, seed=1)
    table["data"][2] = make_table(24, seed=0)["data"][5]
    write_folder(tmp_path, make_files() | {"test": pickled(table)})
    groups = [example.group for example in load_dataset("cifar100", tmp_path, "all")]
    assert groups[-3:] == ["test/picture_s_000000.png", "test/picture_s_000001.png", "train/picture_s_000005.png"]
    assert len(set(groups)) == 26


class _Runs:
    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        import os

        return os.system, ("true",)


def test_a_pickle_that_would_run_something_is_refused(tmp_path: Path) -> None:
    write_folder(tmp_path, make_files() | {"test": pickle.dumps(_Runs(), protocol=2)})
    with pytest.raises(DatasetError, match=r"asks for posix\.system, which no array needs"):
        load_dataset("cifar100", tmp_path, "test")


DAMAGES: dict[str, Callable[[Files], Files]] = {
    "no meta": lambda files: {name: files[name] for name in ("train", "test")},
    "no part": lambda files: {"meta": files["meta"]},
    "cut": lambda files: files | {"test": files["test"][:-1000]},
    "text": lambda files: files | {"test": b"<html>404</html>"},
    "a list": lambda files: files | {"test": pickled([1, 2])},
    "CIFAR-10": lambda files: files | {"test": pickled({"labels": [1], "data": np.zeros((1, 3072), np.uint8)})},
    "other superclasses": lambda files: files | {"meta": pickled({"coarse_label_names": ["cats"] * 20})},
    "too few superclasses": lambda files: files | {"meta": pickled({"coarse_label_names": SUPERCLASSES[:3]})},
    "fewer labels": lambda files: files | {"test": pickled(make_table(6, 1) | {"coarse_labels": [0]})},
    "other pixels": lambda files: files | {"test": pickled(make_table(6, 1) | {"data": np.zeros((6, 100), np.uint8)})},
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_told_with_the_remedy(tmp_path: Path, damage: str) -> None:
    write_folder(tmp_path, DAMAGES[damage](make_files()))
    with pytest.raises(DatasetError, match=r"cifar-100-python is incomplete, damaged .*training download cifar100"):
        load_dataset("cifar100", tmp_path, "test")


def test_where_there_is_nothing_the_message_says_what_to_place(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no cifar-100-python.tar.gz. Run `python -m training download cifar100`"):
        load_dataset("cifar100", tmp_path, "test")
