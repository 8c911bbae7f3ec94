import zipfile
from pathlib import Path

import pytest

from model_bundle import Item
from training.datasets import Example, load_dataset
from training.datasets.goemotions import FINE
from training.errors import DatasetError

TRAIN = "Thanks, a lot!\t15\tab1\n\x85So \u2028there.\t3,2\tab2\r\nOh, sorry.\t24,25\tab3\nHm.\t2,27\tab4\nO?\t7\tab5\n"


def write(root: Path, **tables: str) -> None:
    folder = root / "goemotions"
    folder.mkdir(exist_ok=True)
    for part, table in tables.items():
        (folder / f"{part}.tsv").write_text(table, encoding="utf-8", newline="")


def test_comments_get_the_group_of_their_emotions(tmp_path: Path) -> None:
    write(tmp_path, train=TRAIN)
    assert load_dataset("goemotions", tmp_path, "train") == [
        Example("train/ab1", Item("Thanks, a lot!"), {"emotion": "joy", "sentiment": "positive"}, "words/thanks a lot"),
        Example("train/ab2", Item("So \u2028there."), {"emotion": "anger", "sentiment": "negative"}, "words/so there"),
        Example("train/ab3", Item("Oh, sorry."), {"emotion": "sadness", "sentiment": "negative"}, "words/oh sorry"),
        Example("train/ab5", Item("O?"), {"emotion": "surprise"}, "words/o"),
    ]


def test_the_fine_emotions_are_numbered_as_published() -> None:
    assert len(FINE) == 28
    assert [FINE[at] for at in (0, 13, 15, 27)] == ["admiration", "excitement", "gratitude", "neutral"]


def test_the_archive_of_text_sets_is_read_and_all_is_what_is_there(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "text_sets.zip", "w") as archive:
        archive.writestr("text/goemotions/train.tsv", TRAIN)
        archive.writestr("text/goemotions/dev.tsv", "No.\t27\tab9\n")
    assert [example.identifier for example in load_dataset("goemotions", tmp_path, "validation")] == ["dev/ab9"]
    assert len(load_dataset("goemotions", tmp_path, "all")) == 5
    with pytest.raises(DatasetError, match=r"has no goemotions/test.tsv. Place train.tsv"):
        load_dataset("goemotions", tmp_path, "test")


@pytest.mark.parametrize("line", ["Text.\t28\tab", "Text.\t\tab", "Text.\t-x\tab", "Text.\t1", "Text.\t1\tab\tmore"])
def test_a_damaged_line_is_told_by_its_number(tmp_path: Path, line: str) -> None:
    write(tmp_path, train=f"Fine.\t27\tab0\n{line}\n")
    with pytest.raises(DatasetError, match=r"train.tsv, line 2 is not a text, numbers of emotions from 0 to 27"):
        load_dataset("goemotions", tmp_path, "train")


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"has no goemotions and no .*google-research/tree/master/goemotions"):
        load_dataset("goemotions", tmp_path, "train")
