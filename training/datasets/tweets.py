"""Tweets of three sentiments, as many of each: those of SemEval-2017 and UMSAB's English ones.

People share what they feel as unevenly as the search that found the tweets; a model that learns from equal shares leans
to none of them, and a deployment can tell it its own.
"""

from collections.abc import Collection
from pathlib import Path

from training.datasets import semeval2017, umsab
from training.datasets.drawing import drawn
from training.datasets.example import Example
from training.datasets.source import Source
from training.datasets.splits import hold_out

LABELS = ("negative", "neutral", "positive")
SPLITS = ("train", "validation", "all")
SEED = 0
VALIDATION_FRACTION = 0.05
"""Of SemEval's `train`, by groups: what the recipe `posts_text` holds out too, so that neither has learned from it."""
LANGUAGE = "english"


def sources(root: Path, modalities: Collection[str]) -> list[Source]:
    """Return what the data set is read from; DatasetError says what to place where."""
    return [*semeval2017.sources(root, modalities), *umsab.sources(root, modalities)]


def read(sources: list[Source], split: str) -> list[Example]:
    """Read equally many tweets of each label; `validation` is a part of SemEval's `train` that `train` leaves out."""
    semeval, others = sources
    rest, validation = hold_out(semeval2017.read([semeval], "train"), VALIDATION_FRACTION, SEED)
    if split == "validation":
        return drawn(validation, None, "sentiment", SEED)
    if split == "all":
        rest, validation = [*rest, *validation], []
    kept_out = {tweet.group for tweet in [*validation, *semeval2017.read([semeval], "validation")]}
    tweets = [*rest, *umsab.reader([LANGUAGE])([others], "train")]
    return drawn([tweet for tweet in tweets if tweet.group not in kept_out], None, "sentiment", SEED)
