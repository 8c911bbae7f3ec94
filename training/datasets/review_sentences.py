"""First and last sentences of IMDB reviews, and passages of them: short texts whose sentiment a review only suggests.

A sentence of a positive review need not be positive itself, so each has soft labels. What they are worth was chosen so
that a sentence says less than a passage of several.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from training.datasets import imdb
from training.datasets.example import Example
from training.datasets.sentences import sentences_of
from training.datasets.source import Source

PASSAGE_WORDS = 32
LABELS = ("negative", "neutral", "positive")
SPLITS = ("train", "all")
OPPOSITE = {"negative": "positive", "positive": "negative"}
SHORTEST, LONGEST = 4, 40
"""Words of a sentence: less is most often a heading, and more a list or a missing full stop."""
SENTENCE_SHARES = (0.65, 0.28, 0.07)
"""Of the review's own label, neutral and the opposite."""
PASSAGE_SHARES = (0.75, 0.2, 0.05)


def sources(root: Path, _modalities: Collection[str]) -> list[Source]:
    """Return what the data set is read from; DatasetError says what to place where."""
    return imdb.sources(root, ("text",))


def read(sources: list[Source], split: str) -> list[Example]:
    """Read one short text of each review of a split: a passage or a sentence, from its beginning or its end in turn."""
    texts = (short_text(number, review) for number, review in enumerate(imdb.read(sources, split)))
    return [example for example in texts if example is not None]


def soft_shares(label: str, shares: tuple[float, float, float]) -> Mapping[str, float]:
    """Return shares by label, of a label, neutral and the opposite."""
    return dict(zip((label, "neutral", OPPOSITE[label]), shares, strict=True))


def whole_sentences(text: str) -> list[str]:
    """Return the sentences of a text that have from `SHORTEST` to `LONGEST` words, in order."""
    return [sentence for sentence in sentences_of(text) if SHORTEST <= len(sentence.split()) <= LONGEST]


def short_text(number: int, review: Example) -> Example | None:
    """Return the short text of a review by its number; None where a sentence is wanted and none is whole."""
    text = review.item.text or ""
    is_end, is_sentence = number % 2 == 0, number % 4 < 2
    if not is_sentence:
        words = text.replace("<br />", " ").split()
        passage = words[-PASSAGE_WORDS:] if is_end else words[:PASSAGE_WORDS]
        return _example(review, "passage", " ".join(passage), PASSAGE_SHARES)
    sentences = whole_sentences(text)
    return _example(review, "sentence", sentences[-1 if is_end else 0], SENTENCE_SHARES) if sentences else None


def _example(review: Example, kind: str, text: str, shares: tuple[float, float, float]) -> Example:
    label = review.labels["sentiment"]
    return replace(
        review,
        identifier=f"{review.identifier}/{kind}",
        item=replace(review.item, text=text, genres=(), year=None),
        group=f"film/{review.group}",
        soft_labels={"sentiment": soft_shares(label, shares)},
    )
