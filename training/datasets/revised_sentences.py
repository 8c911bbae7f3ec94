"""Sentences of the revised IMDB reviews: pairs that differ in a few words, and in their sentiment.

Each sentence of a review is put beside the revised review's most similar one; those that are neither the same nor
another sentence altogether are a pair. Both halves begin a text of their own too, cut to `PASSAGE_WORDS`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path

from training.datasets import imdb_revised
from training.datasets.example import Example
from training.datasets.near_duplicates import words_of
from training.datasets.review_sentences import soft_shares, whole_sentences
from training.datasets.source import Source

LABELS = ("negative", "neutral", "positive")
SPLITS = ("train", "all")
LEAST_ALIKE = 0.5
"""Share of their words that two sentences have in common, in order, from which on one is the other's revision."""
PASSAGE_WORDS = 90
SENTENCE_SHARES = (0.75, 0.2, 0.05)
PASSAGE_SHARES = (0.85, 0.12, 0.03)


def sources(root: Path, modalities: Collection[str]) -> list[Source]:
    """Return what the data set is read from; DatasetError says what to place where."""
    return imdb_revised.sources(root, modalities)


def read(sources: list[Source], _split: str) -> list[Example]:
    """Read the sentences and beginnings of all pairs; those of one film are a group."""
    pairs: dict[str, dict[str, Example]] = defaultdict(dict)
    for review in imdb_revised.read(sources, "all"):
        pair, _, kind = review.identifier.rpartition("/")
        pairs[pair][kind] = review
    whole = [reviews for reviews in pairs.values() if len(reviews) == len(imdb_revised.KINDS)]
    return [example for reviews in whole for example in _of_pair(reviews)]


def revised_pairs(original: str, revised: str) -> Iterator[tuple[str, str]]:
    """Yield the sentences of a text and what became of them, where that differs."""
    rest = whole_sentences(revised)
    for sentence in whole_sentences(original):
        likeness = [_likeness(sentence, other) for other in rest]
        best = max(likeness, default=0.0)
        if best >= LEAST_ALIKE:
            other = rest.pop(likeness.index(best))
            if words_of(other) != words_of(sentence):
                yield sentence, other


def _likeness(sentence: str, other: str) -> float:
    return SequenceMatcher(None, sentence.split(), other.split()).ratio()


def _of_pair(reviews: Mapping[str, Example]) -> Iterator[Example]:
    ordered = [reviews[kind] for kind in imdb_revised.KINDS]
    texts = [review.item.text or "" for review in ordered]
    for number, sentences in enumerate(revised_pairs(*texts)):
        for review, sentence in zip(ordered, sentences, strict=True):
            yield _example(review, f"sentence{number}", sentence, SENTENCE_SHARES)
    for review, text in zip(ordered, texts, strict=True):
        yield _example(review, "passage", " ".join(text.split()[:PASSAGE_WORDS]), PASSAGE_SHARES)


def _example(review: Example, part: str, text: str, shares: tuple[float, float, float]) -> Example:
    return replace(
        review,
        identifier=f"{review.identifier}/{part}",
        item=replace(review.item, text=text),
        group=review.group if review.group.startswith("pair/") else f"film/{review.group}",
        soft_labels={"sentiment": soft_shares(review.labels["sentiment"], shares)},
    )
