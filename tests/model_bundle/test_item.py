import pytest

from model_bundle import Item


def test_taking_a_modality_away_leaves_the_others() -> None:
    item = Item(text="Good.", genres=("Drama",), year=1994)
    assert item.without("metadata") == Item(text="Good.")
    assert item.without("text") == Item(genres=("Drama",), year=1994)


def test_a_modality_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match=r"'smell'.*text, metadata"):
        Item().without("smell")
