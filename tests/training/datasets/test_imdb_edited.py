import re

import pytest

from model_bundle import Item
from training.datasets import Example, imdb_edited
from training.datasets.imdb_edited import learn_exchanges

PAIRS = [
    ("The film was boring and the plot was lame.", "The film was gripping and the plot was clever."),
    ("A boring film, and so long.", "A gripping film, and so short."),
    ("Boring from start to end.", "Gripping from start to end."),
]
COMMON = [("It was in the park.", "It was at the park."), *[("It was in the park.", "It was in the park.")] * 40]


def pairs(*texts: tuple[str, str]) -> list[Example]:
    return [
        Example(f"train/pos/{number}_9/{kind}", Item(text), {}, "")
        for number, both in enumerate(texts)
        for kind, text in zip(("original", "revised"), both, strict=True)
    ]


def test_exchanges_that_several_writers_made_are_learned_in_both_directions() -> None:
    assert learn_exchanges(pairs(*PAIRS)) == {"boring": ["gripping"] * 3, "gripping": ["boring"] * 3}


def test_words_that_mostly_stay_are_not_exchanged() -> None:
    assert learn_exchanges(pairs(*[COMMON[0]] * 3, *COMMON[1:])) == {}


@pytest.fixture
def edited(monkeypatch: pytest.MonkeyPatch) -> list[Example]:
    text = "Boring, boring, boring! A boring film. Unboring it is not, and not boringly told; boring."
    reviews = [Example(f"r{number}", Item(text), {"sentiment": "negative"}, f"f{number}") for number in range(200)]
    monkeypatch.setattr("training.datasets.imdb_edited.imdb.read", lambda *_: reviews)
    monkeypatch.setattr("training.datasets.imdb_edited.imdb_revised.read", lambda *_: pairs(*PAIRS))
    source = object()
    return imdb_edited.read([source, source], "train")  # type: ignore[list-item]


def test_a_part_of_the_reviews_is_edited_and_nobody_says_what_they_mean(edited: list[Example]) -> None:
    assert 20 < len(edited) < 90
    assert not any(example.labels for example in edited)
    assert len({example.group for example in edited}) == len(edited)


def test_whole_words_are_exchanged_and_keep_their_capital(edited: list[Example]) -> None:
    for example in edited:
        text = example.item.text or ""
        assert "Unboring" in text
        assert "boringly" in text
        assert len(re.findall(r"\bgripping\b", text, re.IGNORECASE)) >= imdb_edited.FEWEST
    assert any((example.item.text or "").startswith("Gripping, gripping, gripping! A") for example in edited)
