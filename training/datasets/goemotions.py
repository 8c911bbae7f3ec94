"""GoEmotions (Demszky et al. 2020, "GoEmotions: A Dataset of Fine-Grained Emotions"): comments, in seven emotions.

The 27 fine emotions are grouped as in the paper's Ekman taxonomy. A comment whose raters chose emotions of several
groups is left out.
"""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from model_bundle import Item
from training.datasets.emotions import emotion_labels
from training.datasets.example import Example
from training.datasets.near_duplicates import words_of
from training.datasets.source import Source, find_source
from training.datasets.text_encoding import decode_utf8, shortened
from training.errors import DatasetError

FOLDERS = ("goemotions", "goemotions.zip", "text_sets", "text_sets.zip", "text")
PARTS = {"train": "train", "validation": "dev", "test": "test"}
SPLITS = (*PARTS, "all")
GROUPS = {
    "anger": ("anger", "annoyance", "disapproval"),
    "disgust": ("disgust",),
    "fear": ("fear", "nervousness"),
    "joy": (
        "joy",
        "amusement",
        "approval",
        "excitement",
        "gratitude",
        "love",
        "optimism",
        "relief",
        "pride",
        "admiration",
        "desire",
        "caring",
    ),
    "neutral": ("neutral",),
    "sadness": ("sadness", "disappointment", "embarrassment", "grief", "remorse"),
    "surprise": ("surprise", "realization", "confusion", "curiosity"),
}
"""Fine emotions by Ekman's: `ekman_mapping.json` of the authors' repository."""
FINE = [*sorted({name for names in GROUPS.values() for name in names} - {"neutral"}), "neutral"]
"""By number, as in the tables."""
REMEDY = (
    "Place train.tsv, dev.tsv and test.tsv of https://github.com/google-research/google-research/tree/master/goemotions"
    "/data in the folder goemotions there, or text_sets.zip."
)
_GROUP_OF = {name: group for group, names in GROUPS.items() for name in names}
_TABLE = re.compile(r"(?:.*/)?goemotions/(?:data/)?(?P<part>train|dev|test)\.tsv")


def sources(root: Path, _modalities: Collection[str]) -> list[Source]:
    """Return what the data set is read from; DatasetError says what to place where."""
    return [find_source(root, FOLDERS, REMEDY)]


def read(sources: list[Source], split: str) -> list[Example]:
    """Read the comments of a split, in the table's order."""
    source = sources[0]
    parts = list(PARTS.values()) if split == "all" else [PARTS[split]]
    tables = {}
    for name, content in source.files(lambda name: _TABLE.fullmatch(name) is not None, "reading comments"):
        tables[_TABLE.sub(r"\g<part>", name)] = (f"{source.path.parent / name}", content)
    found = [part for part in parts if part in tables]
    if not found:
        raise DatasetError(f"{source.path} has no goemotions/{parts[0]}.tsv. {REMEDY}")
    return [example for part in found for example in _comments(part, *tables[part])]


def _comments(part: str, place: str, table: bytes) -> Iterator[Example]:
    # Not splitlines: comments hold other characters that it takes for ends of lines.
    for number, line in enumerate(decode_utf8(place, table, "Download it again.").split("\n"), 1):
        if not line.strip():
            continue
        text, emotions, identifier = _columns(place, number, line)
        if len(emotions) == 1:
            words = words_of(text)
            group = f"words/{words}" if words else f"comment/{identifier}"
            yield Example(f"{part}/{identifier}", Item(text=text), emotion_labels(min(emotions)), group)


def _columns(place: str, number: int, line: str) -> tuple[str, set[str], str]:
    try:
        text, emotions, identifier = line.rstrip("\r").split("\t")
        return text.strip(), {_GROUP_OF[FINE[int(emotion)]] for emotion in emotions.split(",")}, identifier
    except (ValueError, IndexError) as error:
        raise DatasetError(
            f"{shortened(place)}, line {number} is not a text, numbers of emotions from 0 to {len(FINE) - 1} and an "
            "id, separated by tabs. Download it again."
        ) from error
