"""Passages of one to three sentences out of IMDB reviews, so that a model of reviews knows short texts too.

A passage has its review's label: whatever a reviewer says is evidence of the verdict, and a model that learns how good
that evidence is will be unsure of what tells nothing.
"""

import random
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from model_bundle import Item
from training.datasets import imdb
from training.datasets.example import Example
from training.datasets.sentences import sentences_of
from training.datasets.source import Source

SPLITS: Final = ("train", "unlabelled")
PASSAGES: Final = 1
"""Of each review that has several sentences."""
SENTENCES: Final = (1, 1, 1, 2, 3)
"""How many a passage has, each as likely as any."""
LONGEST_WORDS: Final = 90


def sources(root: Path, _modalities: Collection[str]) -> list[Source]:
    """Return what the data set is read from; DatasetError says what to place where."""
    return imdb.sources(root, ("text",))


def read(sources: list[Source], split: str) -> list[Example]:
    """Cut passages out of the reviews of a split, the same every time."""
    return [passage for review in imdb.read(sources, split) for passage in _passages(review)]


def _passages(review: Example) -> Iterator[Example]:
    sentences = sentences_of(review.item.text or "")
    generator = random.Random(review.identifier)
    for number in range(PASSAGES if len(sentences) > 1 else 0):
        start = generator.randrange(len(sentences))
        text = " ".join(sentences[start : start + generator.choice(SENTENCES)])
        if len(text.split()) <= LONGEST_WORDS:
            yield replace(review, identifier=f"{review.identifier}/passage{number}", item=Item(text))
