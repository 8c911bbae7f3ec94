import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from model_bundle import Item
from training.datasets import Example, load_dataset
from training.datasets.semeval2017 import as_typed
from training.errors import DatasetError

Write = Callable[[Path, dict[str, str]], None]
TABLES = {
    "twitter-2013train-A.tsv": "1\tpositive\t@a Good\\u002c it\\u2019s good http://t.co/x\n2\tneutral\tA bus at 9.\n"
    "3\tnegative\tgood it's good!\n",
    "twitter-2014sarcasm-A.tsv": "4\tnegative\tSo kind.\x85 Really.\r\n",
    "twitter-2016devtest-A.tsv": "2\tneutral\tA bus at 9.\n5\tpositive\tLovely.\n5\tnegative\tLovely!\n",
    "twitter-2016train-A.tsv": "6\tpositive\tLovely.\n7\tnegative\tTom &amp; I lost.\n8\tneutral\t123\n",
}
TEST = "9\tnegative\tBad.\t\n9\tnegative\tBad.\n10\tpositive\tTom & I lost.\n"


def write_folder(root: Path, tables: dict[str, str]) -> None:
    folder = root / "semeval2017_task4a"
    folder.mkdir(exist_ok=True)
    for name, table in tables.items():
        (folder / name).write_text(table, encoding="utf-8", newline="")


def write_zip(root: Path, tables: dict[str, str]) -> None:
    with zipfile.ZipFile(root / "semeval2017_task4a.zip", "w") as archive:
        for name, table in tables.items():
            archive.writestr(f"semeval2017_task4a/{name}", table)


def identifiers(root: Path, split: str) -> list[str]:
    return [example.identifier for example in load_dataset("semeval2017", root, split)]


@pytest.mark.parametrize("write", [write_folder, write_zip])
def test_each_tweet_is_read_once_and_none_is_on_two_sides(tmp_path: Path, write: Write) -> None:
    write(tmp_path, TABLES)
    assert identifiers(tmp_path, "validation") == ["twitter-2016devtest-A/2", "twitter-2016devtest-A/5"]
    train = load_dataset("semeval2017", tmp_path, "train")
    assert [(example.identifier, example.item.text) for example in train] == [
        ("twitter-2013train-A/1", "@a Good, it\u2019s good http://t.co/x"),
        ("twitter-2013train-A/3", "good it's good!"),
        ("twitter-2014sarcasm-A/4", "So kind.\x85 Really."),
        ("twitter-2016train-A/7", "Tom & I lost."),
        ("twitter-2016train-A/8", "123"),
    ]
    assert len(identifiers(tmp_path, "all")) == len(train) + 2


def test_the_same_words_are_one_group(tmp_path: Path) -> None:
    write_folder(tmp_path, TABLES)
    first, second, third, *_, last = load_dataset("semeval2017", tmp_path, "train")
    assert first == Example(
        "twitter-2013train-A/1",
        Item("@a Good, it\u2019s good http://t.co/x"),
        {"sentiment": "positive"},
        "words/good it s good",
    )
    assert second.group == first.group != third.group
    assert last.group == "tweet/8"


@pytest.mark.parametrize("name", ["SemEval2017-task4-test.subtask-A.english.txt", "twitter-2017test-A.tsv"])
def test_the_test_is_read_as_published_and_kept_out_of_the_rest(tmp_path: Path, name: str) -> None:
    write_zip(tmp_path, TABLES | {name: TEST})
    part = Path(name).stem
    assert identifiers(tmp_path, "test") == [f"{part}/9", f"{part}/9", f"{part}/10"]
    assert "twitter-2016train-A/7" not in identifiers(tmp_path, "train")
    assert len(identifiers(tmp_path, "all")) == 4 + 2 + 2


def test_a_test_alone_is_enough_for_the_test(tmp_path: Path) -> None:
    write_zip(tmp_path, {"twitter-2017test-A.txt": TEST})
    assert len(identifiers(tmp_path, "test")) == 3
    with pytest.raises(DatasetError, match=r"no tweets of twitter-YEARPART-A.tsv. The task gives"):
        identifiers(tmp_path, "train")


def test_what_is_missing_is_told_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"has no semeval2017_task4a .*task4/; place semeval2017_task4a.zip"):
        identifiers(tmp_path, "train")
    write_zip(tmp_path, {"twitter-2013train-A.tsv": TABLES["twitter-2013train-A.tsv"]})
    with pytest.raises(DatasetError, match=r"no test of 2017. Place SemEval2017-task4-test.subtask-A.english.txt"):
        identifiers(tmp_path, "test")
    with pytest.raises(DatasetError, match=r"no tweets of twitter-2016devtest-A.tsv"):
        identifiers(tmp_path, "validation")


@pytest.mark.parametrize("line", ["11\tpositive", "11\tgood\tText.", "11", "positive\t11\tText."])
def test_a_damaged_line_is_told_by_its_number(tmp_path: Path, line: str) -> None:
    write_folder(tmp_path, {"twitter-2013train-A.tsv": f"1\tpositive\tGood.\n\n{line}\n"})
    with pytest.raises(DatasetError, match=r"twitter-2013train-A.tsv, line 3 is not an id, a tab"):
        identifiers(tmp_path, "train")


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ('"He said \\""no\\u002c man\\"""', 'He said "no, man"'),
        ('"He said \\""""no\\"""" twice"', 'He said "no" twice'),
        ('"A, and B"', "A, and B"),
        ('"Yes" and "no"', '"Yes" and "no"'),
        ('"', '"'),
        ("it\\u2019s \\u00zz", "it\u2019s \\u00zz"),
        ("a &lt; b &amp;amp; c", "a < b &amp; c"),
    ],
)
def test_texts_are_as_typed(written: str, typed: str) -> None:
    assert as_typed(written) == typed
