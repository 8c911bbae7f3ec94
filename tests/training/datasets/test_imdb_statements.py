from pathlib import Path

import pytest

from model_bundle import Item
from tests.small_imdb import write_small_imdb
from training.datasets import Example, imdb_statements, load_dataset
from training.datasets.imdb_statements import DENIED_COMPLAINT, DENIED_PRAISE, PLAIN, polar_words

REVIEWS = 60
PRAISE = "The acting was superb. I watched it twice. It cost 3 crowns."
COMPLAINT = "The acting was dreadful. It was not superb. I hated the music in it."


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Example]:
    """What is made of reviews that say one thing each."""
    texts = [("positive", PRAISE), ("negative", COMPLAINT)] * REVIEWS
    reviews = [
        Example(f"r{number}", Item(text), {"sentiment": label}, f"film{number}")
        for number, (label, text) in enumerate(texts)
    ]
    monkeypatch.setattr("training.datasets.imdb_statements.imdb.read", lambda *_: reviews)
    return imdb_statements.read([], "train")


def shares(made: list[Example], *words: str) -> set[float]:
    """The shares of `positive` of what holds all the words."""
    texts = ((example.item.text or "", example.soft_labels["sentiment"]["positive"]) for example in made)
    return {round(share, 6) for text, share in texts if all(word in text for word in words)}


def test_words_are_praise_or_complaint_by_the_reviews_that_use_them() -> None:
    texts = [("positive", "It was superb and was long."), ("negative", "It was dreadful and was long.")] * REVIEWS
    reviews = [Example("", Item(text), {"sentiment": label}, "") for label, text in texts]
    assert polar_words(reviews) == {"superb": True, "dreadful": False}


def test_a_plain_sentence_stays_what_it_is(made: list[Example]) -> None:
    assert shares(made, "The acting was superb.") == {PLAIN}
    assert shares(made, "The acting was dreadful.") == {round(1 - PLAIN, 6)}


def test_what_is_denied_turns_round(made: list[Example]) -> None:
    denials = ("acting wasn't superb", "acting was never superb", "I doubt that the acting was superb")
    found = set().union(*(shares(made, denial) for denial in denials))
    assert found == {DENIED_PRAISE}
    assert shares(made, "I doubt that the acting was dreadful") == {DENIED_COMPLAINT}


def test_verbs_are_denied_with_their_auxiliary(made: list[Example]) -> None:
    assert shares(made, "not hate the music in it.") | shares(made, "n't hate the music in it.") == {DENIED_COMPLAINT}
    assert shares(made, "I hated the music in it.") == {round(1 - PLAIN, 6)}


def test_questions_say_neither(made: list[Example]) -> None:
    assert shares(made, "Will the acting") | shares(made, "Tell me whether the acting") == {0.5}


def test_a_sentence_that_is_turned_already_is_left_alone(made: list[Example]) -> None:
    assert not shares(made, "It was not superb.")


def test_statements_stay_in_their_films_group(made: list[Example]) -> None:
    assert {example.group for example in made} <= {f"film{number}" for number in range(2 * REVIEWS)}


def test_facts_say_neither_and_are_the_same_every_time(tmp_path: Path) -> None:
    root = write_small_imdb(tmp_path)
    assert load_dataset("imdb_statements", root, "train") == load_dataset("imdb_statements", root, "train")


def test_facts_are_of_what_reviews_name() -> None:
    text = "It was shot in Norway by Anna Berg, who plays a teacher. The norway of today is in Norway."
    facts = imdb_statements._facts([Example("", Item(text), {}, "")] * 3)
    assert len(facts) == imdb_statements.FACTS
    assert {share for fact in facts for share in fact.soft_labels["sentiment"].values()} == {0.5}
    assert any("Norway" in (fact.item.text or "") for fact in facts)
    assert any("Anna Berg" in (fact.item.text or "") for fact in facts)
    assert not any("{" in (fact.item.text or "") for fact in facts)
