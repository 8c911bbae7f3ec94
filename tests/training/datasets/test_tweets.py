from collections import Counter
from pathlib import Path

import pytest

from tests.training.datasets.test_semeval2017 import write_folder
from tests.training.datasets.test_umsab import write_language
from training.datasets import Example, load_dataset

LABELS = ("negative", "neutral", "positive", "positive")
LETTERS = "abcdefghij"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    tweets = [
        f"{number}\t{LABELS[number % 4]}\t"
        f"{LETTERS[number // 100]}x {LETTERS[number // 10 % 10]}y {LETTERS[number % 10]}z"
        for number in range(400)
    ]
    devtest = "900\tnegative\tBad day!"
    tables = {"twitter-2013train-A.tsv": tweets, "twitter-2016devtest-A.tsv": [devtest]}
    write_folder(tmp_path, {name: "\n".join(lines) + "\n" for name, lines in tables.items()})
    write_language(tmp_path, "english")
    return tmp_path


def texts_of(examples: list[Example]) -> set[str]:
    return {example.item.text or "" for example in examples}


@pytest.mark.parametrize("split", ["train", "validation", "all"])
def test_each_label_is_drawn_equally_often(root: Path, split: str) -> None:
    counts = Counter(example.labels["sentiment"] for example in load_dataset("tweets", root, split))
    assert len(set(counts.values())) == 1
    assert set(counts) == set(LABELS)


def test_nothing_of_the_validation_and_of_semevals_own_is_learned_from(root: Path) -> None:
    train, validation = (load_dataset("tweets", root, split) for split in ("train", "validation"))
    assert not {example.group for example in train} & {example.group for example in validation}
    # UMSAB has SemEval's devtest in other words: with a mention and a link.
    assert not texts_of(train) & {"Bad day!", "bad day @user http", "Bad \u2028day"}
