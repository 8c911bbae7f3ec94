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

LABELS = ("negative", "neutral", "positive")
SPLITS = ("train", "validation")
SEED = 2017
LANGUAGE = "english"


def sources(root: Path, modalities: Collection[str]) -> list[Source]:
    """Return what the data set is read from; DatasetError says what to place where."""
    return [*semeval2017.sources(root, modalities), *umsab.sources(root, modalities)]


def read(sources: list[Source], split: str) -> list[Example]:
    """Read equally many tweets of each label; `validation` is drawn from SemEval's alone, and kept out of `train`."""
    semeval, others = sources
    validation = semeval2017.read([semeval], "validation")
    if split == "validation":
        return drawn(validation, None, "sentiment", SEED)
    kept_out = {tweet.group for tweet in validation}
    tweets = [*semeval2017.read([semeval], "train"), *umsab.reader([LANGUAGE])([others], "train")]
    return drawn([tweet for tweet in tweets if tweet.group not in kept_out], None, "sentiment", SEED)
