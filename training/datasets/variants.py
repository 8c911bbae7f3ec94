"""Real sentences, changed by rule so that a reader would answer otherwise: denied, or with a phrase added.

The sentences are tweets and sentences about laptops, meals and films; a variant is in its original's group. Phrases are
those of `training.datasets.statements`.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from training.datasets import revised_sentences, semeval2014, semeval2017
from training.datasets.example import Example
from training.datasets.source import Source
from training.datasets.statements import WORDS, filled, load_vocabulary

LABELS = ("negative", "neutral", "positive")
SPLITS = ("train", "all")
SEED = 2014
FEWEST_WORDS, MOST_WORDS = 3, 14
ADDED_SHARE: Final = 0.06
"""Of the tweets, how many get a phrase."""
DENIED: Final[Mapping[str, Mapping[str, float]]] = {
    "positive": {"negative": 0.85, "neutral": 0.13, "positive": 0.02},
    "neutral": {"negative": 0.1, "neutral": 0.85, "positive": 0.05},
    "negative": {"negative": 0.12, "neutral": 0.5, "positive": 0.38},
}
"""What a reader would say of a denied sentence, by what was said of the sentence."""
BAD_ENDING: Final[Mapping[str, Mapping[str, float]]] = {
    "negative": {"negative": 1.0},
    "neutral": {"negative": 0.85, "neutral": 0.15},
    "positive": {"negative": 0.55, "neutral": 0.2, "positive": 0.25},
}
GOOD_ENDING: Final[Mapping[str, Mapping[str, float]]] = {
    "negative": {"negative": 0.3, "neutral": 0.2, "positive": 0.5},
    "neutral": {"neutral": 0.15, "positive": 0.85},
    "positive": {"positive": 1.0},
}
BAD_PHRASES: Final = ("I {hate} this.", "So {complaint}.", "It was {complaint}.", "{Bad_time}.", "I am {sad} about it.")
GOOD_PHRASES: Final = ("I {love} this.", "So {praise}.", "It was {praise}.", "{Good_time}.", "I am {happy} about it.")
_DENIALS: Final = (
    (re.compile(r"\b(is|was|are|were)\b", re.IGNORECASE), r"\1 not"),
    (re.compile(r"\bI (love|like|enjoy|recommend|want|think|feel)\b", re.IGNORECASE), r"I don't \1"),
    (re.compile(r"\b(can|could|will|would|should|does|did|do)\b", re.IGNORECASE), r"\1 not"),
)
_DENIED_ALREADY: Final = re.compile(r"\b(?:not|never|no|nothing|nobody|hardly|but|without)\b|n't\b|\?", re.IGNORECASE)


def sources(root: Path, modalities: Collection[str]) -> list[Source]:
    """Return what the data set is read from; DatasetError says what to place where."""
    reviews = revised_sentences.sources(root, modalities)
    tweets, sentences = (dataset.sources(root, modalities) for dataset in (semeval2017, semeval2014))
    return [Source(WORDS), *tweets, *sentences, *reviews]


def read(sources: list[Source], split: str) -> list[Example]:
    """Make the variants, the same every time."""
    _, tweets, sentences, *reviews = sources
    short = [example for example in revised_sentences.read(reviews, split) if "/sentence" in example.identifier]
    of_tweets = semeval2017.read([tweets], "train")
    generator = np.random.default_rng(SEED)
    originals = [*of_tweets, *semeval2014.read([sentences], split), *short]
    return [*_denials(originals), *_endings(of_tweets, generator)]


def denied(text: str) -> str | None:
    """Return a sentence with its one verb denied; None where it is denied already, a question, or of several verbs."""
    if not FEWEST_WORDS <= len(text.split()) <= MOST_WORDS or _DENIED_ALREADY.search(text):
        return None
    for verb, denial in _DENIALS:
        found = verb.findall(text)
        if found:
            return verb.sub(denial, text) if len(found) == 1 else None
    return None


def _denials(examples: Collection[Example]) -> Iterator[Example]:
    for example in examples:
        variant = denied(example.item.text or "")
        if variant is not None:
            yield _variant(example, "denied", variant, DENIED)


def _endings(examples: Collection[Example], generator: np.random.Generator) -> Iterator[Example]:
    for example in examples:
        if generator.random() >= ADDED_SHARE:
            continue
        is_bad = bool(generator.random() < 0.5)
        phrases = BAD_PHRASES if is_bad else GOOD_PHRASES
        phrase = filled(phrases[int(generator.integers(len(phrases)))], load_vocabulary(), generator)
        shares = BAD_ENDING if is_bad else GOOD_ENDING
        yield _variant(example, "ending", f"{example.item.text} {phrase}", shares)


def _variant(example: Example, kind: str, text: str, shares: Mapping[str, Mapping[str, float]]) -> Example:
    soft = shares[example.labels["sentiment"]]
    return replace(
        example,
        identifier=f"{example.identifier}/{kind}",
        item=replace(example.item, text=text),
        labels={"sentiment": max(soft, key=lambda label: soft[label])},
        soft_labels={"sentiment": soft},
    )
