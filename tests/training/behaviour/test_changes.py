import unicodedata
from random import Random

import pytest

from training.behaviour.changes import CHANGES

TEXT = "The kettle was practical."
SLIPS = ("swapped letters", "missing letter", "doubled letter", "neighbouring key")


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_changes_something_and_depends_on_the_seed_alone(name: str) -> None:
    changed = CHANGES[name](TEXT, Random(3))
    assert changed != TEXT
    assert changed == CHANGES[name](TEXT, Random(3))


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_leaves_all_words_but_one_and_its_first_and_last_letter(name: str) -> None:
    for seed in range(50):
        changed = CHANGES[name](TEXT, Random(seed)).split()
        different = [(old, new) for old, new in zip(TEXT.split(), changed, strict=True) if old != new]
        assert len(different) <= 1  # swapped like letters stay as they are
        assert all(old[0] == new[0] and old[-1] == new[-1] for old, new in different)


def test_a_slip_needs_a_long_word() -> None:
    assert all(CHANGES[name]("It is so bad.", Random(0)) == "It is so bad." for name in SLIPS)


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("swapped letters", {"barnd", "brnad"}),
        ("missing letter", {"band", "brnd"}),
        ("doubled letter", {"brrand", "braand"}),
        ("neighbouring key", {"beand", "btand", "brsnd"}),
    ],
)
def test_slips_are_what_they_are_called(name: str, changed: set[str]) -> None:
    assert {CHANGES[name]("brand", Random(seed)) for seed in range(50)} == changed


def test_full_width_letters_are_the_same_to_nfkc() -> None:
    assert unicodedata.normalize("NFKC", CHANGES["full-width letters"](TEXT, Random(0))) == TEXT


@pytest.mark.parametrize("name", ["cyrillic letters", "greek letters"])
def test_look_alikes_keep_the_length_and_are_no_latin_letters(name: str) -> None:
    changed = CHANGES[name](TEXT, Random(0))
    different = [new for old, new in zip(TEXT, changed, strict=True) if old != new]
    assert different
    assert all(unicodedata.name(letter).split()[0] in {"CYRILLIC", "GREEK"} for letter in different)


@pytest.mark.parametrize("name", ["soft hyphens", "zero-width spaces"])
def test_invisible_characters_are_all_that_is_added(name: str) -> None:
    changed = CHANGES[name](TEXT, Random(0))
    assert "".join(letter for letter in changed if unicodedata.category(letter) != "Cf") == TEXT
    assert sum(unicodedata.category(letter) == "Cf" for letter in changed) == 2


@pytest.mark.parametrize(
    ("word", "stem", "letter"),
    [("funny", "funn", "y"), ("boring", "bo", "o"), ("tasty", "tast", "y"), ("awful", "a", "a")],
)
def test_words_are_stretched_as_people_do(word: str, stem: str, letter: str) -> None:
    stretched = CHANGES["stretched"](word, Random(0))
    assert stretched.startswith(stem + 3 * letter)
    assert stretched.replace(letter, "") == word.replace(letter, "")
