"""Short texts that judge, from two data sets: what to teach a text encoder first, where posts are few.

MELD's utterances have a `sentiment`. Of each labelled IMDB review there is one passage, its beginning or its end, and
the review's own `verdict`, a question apart: no review is neutral.
"""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from training.datasets import imdb, meld
from training.datasets.example import Example
from training.datasets.source import Source

PASSAGE_WORDS = 32
LABELS = {"sentiment": meld.LABELS["sentiment"], "verdict": ("negative", "positive")}
SPLITS = ("train", "all")


def sources(root: Path, modalities: Collection[str]) -> list[Source]:
    """Return what the data set is read from; DatasetError says what to place where."""
    return [*meld.sources(root, modalities), *imdb.sources(root, ("text",))]


def read(sources: list[Source], split: str) -> list[Example]:
    """Read the utterances and then the passages of a split, in a fixed order."""
    utterances, *reviews = sources
    spoken = [replace(of, labels={"sentiment": of.labels["sentiment"]}) for of in meld.read([utterances], split)]
    written = [_passage(number, review) for number, review in enumerate(imdb.read(reviews, split))]
    return [*spoken, *written]


def _passage(number: int, review: Example) -> Example:
    words = (review.item.text or "").replace("<br />", " ").split()
    kept = words[:PASSAGE_WORDS] if number % 2 else words[-PASSAGE_WORDS:]
    return replace(
        review,
        item=replace(review.item, text=" ".join(kept)),
        labels={"verdict": review.labels["sentiment"]},
        group=f"film/{review.group}",
    )
