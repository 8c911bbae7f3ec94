from pathlib import Path

import pytest

from model_bundle import Item
from tests.small_imdb import write_small_imdb
from training.datasets import DATASETS, Example, load_dataset
from training.datasets.opinions import PASSAGE_WORDS
from training.errors import DatasetError

TABLE = """Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,StartTime,EndTime
1,Oh my God!,Ross,surprise,negative,0,0,8,21,"0","1"
2,See you.,Joey,neutral,neutral,0,1,8,21,"0","1"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_small_imdb(tmp_path)
    (tmp_path / "MELD").mkdir()
    (tmp_path / "MELD/train_sent_emo.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


def reviews_of(examples: list[Example]) -> list[Example]:
    return [example for example in examples if "verdict" in example.labels]


def test_utterances_have_a_sentiment_and_reviews_a_verdict(root: Path) -> None:
    examples = load_dataset("opinions", root, "train")
    assert [dict(example.labels) for example in examples[:2]] == [{"sentiment": "negative"}, {"sentiment": "neutral"}]
    assert [example.item for example in examples[:2]] == [Item("Oh my God!"), Item("See you.")]
    assert len(reviews_of(examples)) == len(load_dataset("imdb", root, "train")) == len(examples) - 2
    assert {label for example in examples for label in example.labels.values()} <= {
        label for labels in DATASETS["opinions"].labels.values() for label in labels
    }


def test_a_passage_is_the_beginning_or_the_end_of_a_review(root: Path) -> None:
    whole = [
        (example.item.text or "").replace("<br />", " ").split() for example in load_dataset("imdb", root, "train")
    ]
    passages = [(example.item.text or "").split() for example in reviews_of(load_dataset("opinions", root, "train"))]
    for number, (passage, words) in enumerate(zip(passages, whole, strict=True)):
        assert passage == (words[:PASSAGE_WORDS] if number % 2 else words[-PASSAGE_WORDS:])


def test_films_and_dialogues_never_share_a_group(root: Path) -> None:
    examples = load_dataset("opinions", root, "train")
    films = {example.group for example in reviews_of(examples)}
    assert all(group.startswith("film/") for group in films)
    assert not films & {example.group for example in examples if "sentiment" in example.labels}


def test_both_sets_are_needed(root: Path) -> None:
    (root / "MELD/train_sent_emo.csv").unlink()
    (root / "MELD").rmdir()
    with pytest.raises(DatasetError, match="MELD"):
        load_dataset("opinions", root, "train")
