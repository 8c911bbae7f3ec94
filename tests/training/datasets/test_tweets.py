from collections import Counter
from pathlib import Path

from tests.training.datasets.test_semeval2017 import TABLES, write_folder
from tests.training.datasets.test_umsab import write_language
from training.datasets import load_dataset


def test_tweets_of_both_sets_are_drawn_evenly_and_none_of_the_validation_is_among_them(tmp_path: Path) -> None:
    tables = TABLES | {
        "twitter-2016devtest-A.tsv": "5\tpositive\tLovely.\n20\tneutral\tA train.\n"
        "21\tnegative\tbad day!\n22\tnegative\tNo.\n"
    }
    write_folder(tmp_path, tables)
    write_language(tmp_path, "english")
    validation = load_dataset("tweets", tmp_path, "validation")
    train = load_dataset("tweets", tmp_path, "train")
    for examples in (validation, train):
        counts = Counter(example.labels["sentiment"] for example in examples)
        assert set(counts) == {"negative", "neutral", "positive"}
        assert len(set(counts.values())) == 1
    texts = {example.item.text for example in train}
    assert not texts & {"Lovely.", "A train.", "bad day!", "bad day @user http"}
