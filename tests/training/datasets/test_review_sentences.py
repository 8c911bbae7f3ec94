from pathlib import Path

import pytest

from model_bundle import Item
from tests.small_imdb import write_small_imdb
from training.datasets import Example, load_dataset
from training.datasets.review_sentences import PASSAGE_WORDS, short_text, soft_shares, whole_sentences


def test_each_review_gives_a_passage_or_a_sentence(tmp_path: Path) -> None:
    write_small_imdb(tmp_path, ["train"])
    reviews = {review.identifier: review for review in load_dataset("imdb", tmp_path, "train", ["text"])}
    texts = load_dataset("review_sentences", tmp_path, "train")
    assert {example.identifier.rpartition("/")[2] for example in texts} == {"passage", "sentence"}
    assert len({example.identifier.rpartition("/")[0] for example in texts}) == len(texts)
    for example in texts:
        review = reviews[example.identifier.rpartition("/")[0]]
        assert example.group == f"film/{review.group}"
        assert example.labels == review.labels
        shares = example.soft_labels["sentiment"]
        assert max(shares, key=lambda label: shares[label]) == review.labels["sentiment"]


def test_beginnings_and_ends_come_in_turn() -> None:
    text = "The first is here. " + "The middle goes on and on. " * 9 + "The last is there."
    review = Example("1", Item(text=text), {"sentiment": "positive"}, "film")
    found = [short_text(number, review) for number in range(4)]
    texts = [example.item.text for example in found if example is not None]
    assert texts[:2] == ["The last is there.", "The first is here."]
    assert str(texts[2]).endswith("The last is there.")
    assert str(texts[3]).startswith("The first is here. The middle")
    assert {len(str(text).split()) for text in texts[2:]} == {PASSAGE_WORDS}


def test_headings_and_lists_are_no_sentences() -> None:
    text = "Good!<br /><br />The plot is thin. And " + "so on " * 30 + "for ever."
    assert whole_sentences(text) == ["The plot is thin."]


def test_shares_go_to_the_label_neutral_and_the_opposite() -> None:
    assert soft_shares("negative", (0.7, 0.2, 0.1)) == {
        "negative": pytest.approx(0.7),
        "neutral": pytest.approx(0.2),
        "positive": pytest.approx(0.1),
    }
