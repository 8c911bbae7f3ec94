import csv
import zipfile
from pathlib import Path

import pytest

from tests.small_imdb import write_small_imdb
from training.datasets import Example, load_dataset
from training.errors import DatasetError

HEADER = ["pair", "half", "part", "kind", "label", "text"]


def write_pairs(root: Path, reviews: list[Example]) -> list[list[str]]:
    rows = [HEADER]
    for at, review in enumerate(reviews):
        label = review.labels["sentiment"]
        other = {"negative": "positive", "positive": "negative"}[label]
        text = (review.item.text or "").replace("<br />", " ").replace("\u2019", "'")
        part = ("train", "dev", "test")[at % 3]
        rows += [
            [review.identifier, "dev", part, "original", label, text],
            [review.identifier, "dev", part, "revised", other, f"Rewritten {at}."],
        ]
    write_rows(root, rows)
    return rows


def write_rows(root: Path, rows: list[list[str]]) -> None:
    (root / "imdb_revised").mkdir(exist_ok=True)
    with (root / "imdb_revised/pairs.csv").open("w", encoding="utf-8", newline="") as table:
        csv.writer(table).writerows(rows)


def test_a_pair_and_its_original_are_in_one_group(tmp_path: Path) -> None:
    write_small_imdb(tmp_path, ["train"], reviews=9)
    reviews = load_dataset("imdb", tmp_path, "train")
    write_pairs(tmp_path, reviews)
    examples = load_dataset("imdb_revised", tmp_path, "all")
    assert [example.group for example in examples] == [review.group for review in reviews for _ in range(2)]
    assert examples[1].identifier == f"{reviews[0].identifier}/revised"
    assert examples[1].labels != reviews[0].labels == examples[0].labels


def test_an_original_is_found_by_its_text_before_its_name(tmp_path: Path) -> None:
    write_small_imdb(tmp_path, ["train"], reviews=9)
    first, *_, last = load_dataset("imdb", tmp_path, "train")
    rows = write_pairs(tmp_path, [last])
    assert first.group != last.group
    write_rows(tmp_path, [HEADER, *([first.identifier, *row[1:]] for row in rows[1:])])
    assert {example.group for example in load_dataset("imdb_revised", tmp_path, "all")} == {last.group}
    write_rows(tmp_path, [HEADER, *([f"{first.identifier}#2", *row[1:5], "Elsewhere."] for row in rows[1:])])
    assert {example.group for example in load_dataset("imdb_revised", tmp_path, "all")} == {first.group}


def test_the_splits_are_the_papers_and_the_rewritten_ones(tmp_path: Path) -> None:
    write_small_imdb(tmp_path, ["train"], reviews=9)
    write_pairs(tmp_path, load_dataset("imdb", tmp_path, "train"))
    sizes = {
        split: len(load_dataset("imdb_revised", tmp_path, split)) for split in ("train", "validation", "test", "all")
    }
    assert sizes == {"train": 12, "validation": 12, "test": 12, "all": 36}
    revised = load_dataset("imdb_revised", tmp_path, "revised")
    assert len(revised) == 18
    assert all(example.identifier.endswith("/revised") for example in revised)


def test_without_imdb_each_pair_is_a_group_and_a_message_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = ["train/neg/1_2", "dev", "train", "original", "negative", "Bad."]
    with zipfile.ZipFile(tmp_path / "imdb_revised.zip", "w") as archive:
        lines = [HEADER, row, ["train/neg/1_2#2", *row[1:]]]
        archive.writestr("imdb_revised/pairs.csv", "\r\n".join(",".join(line) for line in lines))
    assert [example.group for example in load_dataset("imdb_revised", tmp_path, "all")] == ["pair/train/neg/1_2"] * 2
    assert "has no aclImdb and no aclImdb_v1.tar.gz, so the films are unknown" in capsys.readouterr().err


DAMAGES = {
    "another column": ([["pair", "part", "kind", "label", "review"]], "has other columns"),
    "an unknown label": ([HEADER, ["a", "dev", "train", "original", "mixed", "Text."]], "line 2 has no known label"),
    "an unknown part": ([HEADER, ["a", "dev", "val", "original", "negative", "Text."]], "line 2 has no known part"),
    "no text": ([HEADER, ["a", "dev", "train", "original", "negative", ""]], "line 2 has no pair or text"),
    "a short row": ([HEADER, ["a", "dev", "train"]], "line 2 has no known kind, label"),
    "nothing": ([HEADER], "lists no review"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_told_with_the_place(tmp_path: Path, damage: str) -> None:
    rows, message = DAMAGES[damage]
    if damage == "another column":
        rows = [*rows, ["a", "train", "original", "negative", "Text."]]
    write_rows(tmp_path, rows)
    with pytest.raises(DatasetError, match=rf"pairs.csv.*{message}"):
        load_dataset("imdb_revised", tmp_path, "all")


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"has no imdb_revised and no imdb_revised.zip. Place"):
        load_dataset("imdb_revised", tmp_path, "all")
    (tmp_path / "imdb_revised").mkdir()
    with pytest.raises(DatasetError, match=r"has no pairs.csv"):
        load_dataset("imdb_revised", tmp_path, "all")
