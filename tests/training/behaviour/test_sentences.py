from random import Random

import pytest

from training.behaviour.sentences import Sentences
from training.errors import BehaviourError

CLASSES = {"thing": ("lamp", "desk"), "praise": ("good",)}


def sentences(**classes: tuple[str, ...]) -> Sentences:
    return Sentences(classes or CLASSES, Random(0))


def test_a_slot_keeps_its_word_in_all_texts_of_a_case() -> None:
    filled = sentences()
    first = filled.fill("The {thing} is {praise}.")
    assert filled.fill("No, the {thing} is {praise}.") == first.replace("The", "No, the")


def test_a_second_slot_takes_another_word() -> None:
    for seed in range(20):
        words = Sentences(CLASSES, Random(seed)).fill("{thing} {thing2}").split()
        assert sorted(words) == ["desk", "lamp"]


@pytest.mark.parametrize(
    ("word", "article"),
    [
        ("lamp", "a"),
        ("envelope", "an"),
        ("Ugandan", "a"),
        ("Uruguayan", "a"),
        ("useful", "a"),
        ("European", "a"),
        ("unhelpful", "an"),
        ("uninteresting", "an"),
        ("uniform", "a"),
        ("Albanian", "an"),
    ],
)
def test_the_article_fits_the_word(word: str, article: str) -> None:
    assert sentences(thing=(word,)).fill("It is {a thing}.") == f"It is {article} {word}."
    assert sentences(thing=(word,)).fill("{A thing}") == f"{article.capitalize()} {word}"


def test_a_term_is_given() -> None:
    filled = sentences()
    assert filled.fill("{term} is here.", "Ada") == "Ada is here."
    assert filled.fill("{term} is here.", "Bo") == "Bo is here."


def test_a_changed_word_stays_the_same_within_a_case() -> None:
    filled = sentences()
    assert filled.fill("{praise|stretched}") == filled.fill("{praise|stretched}") != "good"
    assert filled.fill("{praise}") == "good"


@pytest.mark.parametrize("template", ["{colour}", "{thing|sung}"])
def test_what_does_not_exist_is_told(template: str) -> None:
    with pytest.raises(BehaviourError, match=r"\{colour\}|'sung'"):
        sentences().fill(template)
