"""Short texts that judge, from two data sets: what to teach a text encoder first, where posts are few.

MELD's utterances have a `sentiment`. Of each labelled IMDB review there is one passage, its beginning or its end, and
the review's own `verdict`, a question apart: no review is neutral.
"""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from model_bundle import Item
from training.datasets import imdb, meld
from training.datasets.example import Example
from training.datasets.source import Source

PASSAGE_WORDS = 32
LABELS = {"sentiment": meld.LABELS["sentiment"], "verdict": ("negative", "positive")}
SPLITS = ("train", "all")


def sources(root: Path, _modalities: Collection[str]) -> list[Source]:
    """Return what the data set is read from; DatasetError says what to place where."""
    return [*meld.sources(root, ("text",)), *imdb.sources(root, ("text",))]


def read(sources: list[Source], split: str) -> list[Example]:
    """Read the utterances and then the passages of a split, in a fixed order."""
    utterances, *reviews = sources
    spoken = [_statement(utterance) for utterance in meld.read([utterances], split)]
    written = [_passage(number, review) for number, review in enumerate(imdb.read(reviews, split))]
    return [*spoken, *written]


def _statement(utterance: Example) -> Example:
    """Return an utterance without what was said before it, as reviews and posts come."""
    labels = {"sentiment": utterance.labels["sentiment"]}
    return replace(utterance, item=Item(text=utterance.item.text), labels=labels)


def _passage(number: int, review: Example) -> Example:
    words = (review.item.text or "").replace("<br />", " ").split()
    kept = words[:PASSAGE_WORDS] if number % 2 else words[-PASSAGE_WORDS:]
    return replace(
        review,
        item=replace(review.item, text=" ".join(kept)),
        labels={"verdict": review.labels["sentiment"]},
        group=f"film/{review.group}",
    )
