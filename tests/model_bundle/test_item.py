import pytest

from model_bundle import Item, Turn


def test_taking_a_modality_away_leaves_the_others() -> None:
    item = Item(text="Good.", genres=("Drama",), year=1994)
    assert item.without("metadata") == Item(text="Good.")
    assert item.without("text") == Item(genres=("Drama",), year=1994)


def test_what_was_said_before_goes_with_the_text() -> None:
    item = Item(
        text="Good.", speaker="Ann", context=(Turn("Well?", "Ben"), Turn("Say it.")), audio=b"RIFF", video=b"mp4"
    )
    assert item.without("text") == Item(audio=b"RIFF", video=b"mp4")
    assert item.without("audio").without("video").context == (Turn("Well?", "Ben"), Turn("Say it."))


def test_a_modality_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match=r"'smell'.*text, metadata"):
        Item().without("smell")
