import pytest

from model_bundle import Item
from training.datasets import Example
from training.datasets.variants import BAD_ENDING, DENIED, GOOD_ENDING, _denials, denied


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The food was fresh today.", "The food was not fresh today."),
        ("I love this phone", "I don't love this phone"),
        ("You will like it", "You will not like it"),
        ("The food was not fresh.", None),
        ("Was the food fresh?", None),
        ("It was late and it was cold.", None),
        ("Nothing is left.", None),
        ("Lovely food!", None),
        ("It is", None),
        ("It was " + "very " * 20 + "cold", None),
    ],
)
def test_a_sentence_with_one_verb_is_denied(text: str, expected: str | None) -> None:
    assert denied(text) == expected


def test_a_denied_sentence_has_other_labels_and_its_originals_group() -> None:
    example = Example("1", Item("The food was fresh today."), {"sentiment": "positive"}, "words/a")
    (variant,) = _denials([example])
    assert (variant.identifier, variant.group) == ("1/denied", "words/a")
    assert variant.labels == {"sentiment": "negative"}
    assert variant.soft_labels == {"sentiment": DENIED["positive"]}


@pytest.mark.parametrize("shares", [DENIED, BAD_ENDING, GOOD_ENDING])
def test_shares_sum_to_one(shares: dict[str, dict[str, float]]) -> None:
    assert all(sum(of.values()) == pytest.approx(1) for of in shares.values())
