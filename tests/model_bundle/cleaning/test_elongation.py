import pytest

from model_bundle.cleaning.elongation import COMMON, has_triple, shortened

RANKS = {"so": 10, "soo": COMMON + 1, "too": 11, "to": 1, "boo": COMMON + 5, "bo": COMMON + 2, "good": 12, "god": 13}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("sooooo", "so"),  # the common one of two
        ("Tooo", "Too"),  # the longer one of two common ones
        ("boooo", "boo"),  # the longer one where neither is common
        ("goooood", "good"),
        ("zzzzz", "z"),  # unknown both ways
        ("gggooooddd", "good"),  # several runs
        ("good", "good"),
        ("aaabbbcccdddeee", "abcde"),  # too many runs to try
    ],
)
def test_a_drawn_out_word_gets_its_usual_spelling(word: str, expected: str) -> None:
    assert shortened(f"it is {word}!!!", RANKS.get) == f"it is {expected}!!!"


@pytest.mark.parametrize(
    ("text", "expected"), [("", False), ("aa", False), ("aAa", True), ("!!!", True), ("a a a", False)]
)
def test_a_triple_is_noticed(text: str, expected: bool) -> None:
    assert has_triple(text) is expected
