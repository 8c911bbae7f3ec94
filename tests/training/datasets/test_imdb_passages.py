from pathlib import Path

from training.datasets import load_dataset
from training.datasets.imdb_passages import LONGEST_WORDS, PASSAGES
from training.datasets.sentences import sentences_of


def test_passages_are_whole_sentences_of_their_review(data_root: Path) -> None:
    reviews = {example.identifier: example for example in load_dataset("imdb", data_root, "train")}
    passages = load_dataset("imdb_passages", data_root, "train")
    assert passages
    for passage in passages:
        review = reviews[passage.identifier.rpartition("/")[0]]
        assert (passage.labels, passage.group) == (review.labels, review.group)
        assert set(sentences_of(passage.item.text or "")) <= set(sentences_of(review.item.text or ""))
        assert len((passage.item.text or "").split()) <= LONGEST_WORDS


def test_each_review_gives_a_few_and_unlabelled_ones_give_unlabelled_ones(data_root: Path) -> None:
    passages = load_dataset("imdb_passages", data_root, "unlabelled")
    assert len({passage.identifier for passage in passages}) == len(passages)
    assert len(passages) <= PASSAGES * len(load_dataset("imdb", data_root, "unlabelled"))
    assert not any(passage.labels for passage in passages)


def test_sentences_end_at_marks_and_breaks() -> None:
    text = "It was a film. Really? I saw it once<br /><br />twice in one week! So there it is"
    assert sentences_of(text) == ["It was a film.", "I saw it once", "twice in one week!", "So there it is"]
