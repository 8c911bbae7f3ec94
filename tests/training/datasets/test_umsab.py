import zipfile
from pathlib import Path

import pytest

from model_bundle import Item
from training.datasets import DATASETS, Example, load_dataset
from training.datasets.umsab import LANGUAGES
from training.errors import DatasetError

TEXTS = "Good!\x85\nBad \u2028day\nbad day @user http"


def write_language(root: Path, language: str, labels: str = "2\n0\n0\n", part: str = "train") -> None:
    folder = root / "umsab" / language
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{part}_text.txt").write_text(TEXTS, encoding="utf-8", newline="")
    (folder / f"{part}_labels.txt").write_text(labels, encoding="utf-8", newline="")


def test_a_language_is_a_data_set_and_all_are_one(tmp_path: Path) -> None:
    for language in LANGUAGES:
        write_language(tmp_path, language)
    first, second, third = load_dataset("umsab/german", tmp_path, "train")
    assert first == Example("german/train/0", Item("Good!"), {"sentiment": "positive"}, "words/good")
    assert second.item.text == "Bad \u2028day"
    assert third.labels == {"sentiment": "negative"}
    assert len(load_dataset("umsab", tmp_path, "train")) == 3 * len(LANGUAGES)
    assert {name for name in DATASETS if name.startswith("umsab/")} == {f"umsab/{name}" for name in LANGUAGES}


def test_the_archive_of_text_sets_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "text_sets.zip", "w") as archive:
        archive.writestr("text/umsab/hindi/val_text.txt", TEXTS + "\n")
        archive.writestr("text/umsab/hindi/val_labels.txt", "1\r\n1\r\n1")
    assert len(load_dataset("umsab/hindi", tmp_path, "validation")) == 3
    assert len(load_dataset("umsab/hindi", tmp_path, "all")) == 3
    with pytest.raises(DatasetError, match=r"has no umsab/hindi/test_text.txt. Place the folders"):
        load_dataset("umsab/hindi", tmp_path, "test")
    with pytest.raises(DatasetError, match=r"has no umsab/arabic/val_text.txt"):
        load_dataset("umsab", tmp_path, "validation")


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ("2\n0\n", r"english/train_labels.txt has 2 labels for 3 texts"),
        ("2\n0\n3\n", r"english/train_labels.txt, line 3: '3' is not 0, 1 or 2"),
    ],
)
def test_damage_is_told_with_the_place(tmp_path: Path, labels: str, message: str) -> None:
    write_language(tmp_path, "english", labels)
    with pytest.raises(DatasetError, match=message):
        load_dataset("umsab/english", tmp_path, "train")


def test_a_missing_half_is_told(tmp_path: Path) -> None:
    write_language(tmp_path, "english")
    (tmp_path / "umsab/english/train_labels.txt").unlink()
    with pytest.raises(DatasetError, match=r"has no umsab/english/train_labels.txt, which belongs to the file beside"):
        load_dataset("umsab/english", tmp_path, "train")
