import numpy as np

from training.datasets.near_duplicates import near_duplicate_groups, words_of
from training.datasets.picture_hash import BITS

HASHES = np.random.default_rng(0).integers(0, 2, (6, BITS)).astype(np.bool_)


def turned(bits: np.ndarray, count: int) -> np.ndarray:
    return np.concatenate([~bits[:count], bits[count:]])


def test_what_is_no_word_does_not_tell_texts_apart() -> None:
    same = ["RT @a_b: So HAPPY, 24/7! http://t.co/a1 #sun", "so happy #Sun @cd https://t.co/…"]
    assert {words_of(text) for text in same} == {"so happy sun"}
    assert words_of("start http://a.b") == "start"
    assert words_of("また、明日!") == "また 明日"


def test_texts_with_a_few_other_letters_are_one_group() -> None:
    texts = [
        "Five easy steps to a happier morning for the whole family and the dog",
        "quarterly figures of the harbour authority",
        "5 easy steps to a happier morning for the whole family and dogs: http://t.co/x",
        "happier figures",
    ]
    assert near_duplicate_groups(texts, [None] * 4) == [0, 1, 0, 3]


def test_texts_without_words_are_not_the_same() -> None:
    assert near_duplicate_groups(["http://t.co/a", "12 !", "", None, "http://t.co/a"], [None] * 5) == [0, 1, 2, 3, 4]


def test_near_pictures_are_one_group() -> None:
    hashes = [HASHES[0], HASHES[1], turned(HASHES[0], 10), HASHES[3], None]
    assert near_duplicate_groups([None] * 5, hashes) == [0, 1, 0, 3, 4]
    assert near_duplicate_groups([None] * 2, [HASHES[0], turned(HASHES[0], 11)]) == [0, 1]


def test_groups_are_joined_through_others() -> None:
    texts = ["a text about rain", "A text about rain!", "something else entirely", "the last one"]
    hashes = [HASHES[0], HASHES[1], HASHES[1], HASHES[2]]
    assert near_duplicate_groups(texts, list(hashes)) == [0, 0, 0, 3]


def test_of_nothing_there_are_no_groups() -> None:
    assert near_duplicate_groups([], []) == []
