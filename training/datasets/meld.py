"""MELD (Poria et al. 2019, "A Multimodal Multi-Party Dataset for Emotion Recognition in Conversations"): its words.

What is said in scenes of a television series, with a sentiment and an emotion by utterance.
"""

import csv
import io
from collections.abc import Collection, Iterator
from pathlib import Path

from model_bundle import Item
from training.datasets.example import Example
from training.datasets.source import Source, find_source
from training.datasets.text_encoding import decode_mixed
from training.errors import DatasetError

FOLDER = "MELD"
PARTS = {"train": "train", "validation": "dev", "test": "test"}
"""Part of the file's name by split; `all` is those that are there."""
SPLITS = (*PARTS, "all")
LABELS = {
    "sentiment": ("negative", "neutral", "positive"),
    "emotion": ("anger", "disgust", "fear", "joy", "neutral", "sadness", "surprise"),
}
REMEDY = "Run `python -m training download meld`, or place the tables train_, dev_ and test_sent_emo.csv in MELD there."


def sources(root: Path, _modalities: Collection[str]) -> list[Source]:
    """Return what the data set is read from; DatasetError says what to place where."""
    return [find_source(root, (FOLDER,), REMEDY)]


def read(sources: list[Source], split: str) -> list[Example]:
    """Read the utterances of a split, in the table's order."""
    parts = PARTS.values() if split == "all" else [PARTS[split]]
    wanted = [f"{FOLDER}/{part}_sent_emo.csv" for part in parts]
    tables = dict(sources[0].files(wanted.__contains__, "reading utterances"))
    if not tables:
        raise DatasetError(f"{sources[0].path.parent} has no {' and no '.join(wanted)}. {REMEDY}")
    return [
        example
        for part, name in zip(parts, wanted, strict=True)
        if name in tables
        for example in _examples(f"{sources[0].path.parent / name}", part, tables[name])
    ]


def _examples(place: str, part: str, table: bytes) -> Iterator[Example]:
    rows = csv.DictReader(io.StringIO(decode_mixed(table), newline=""), strict=True)
    try:
        for row in rows:
            dialogue = f"{part}/{row['Dialogue_ID']}"
            labels = {head: row[head.title()].strip() for head in LABELS}
            _check_labels(place, rows.line_num, labels)
            item = Item(text=row["Utterance"].strip() or None)
            yield Example(f"{dialogue}/{row['Utterance_ID']}", item, labels, group=dialogue)
    except (csv.Error, KeyError, AttributeError) as error:
        raise DatasetError(f"{place} is damaged or has other columns than MELD's ({error!r}). {REMEDY}") from error


def _check_labels(place: str, line: int, labels: dict[str, str]) -> None:
    for head, label in labels.items():
        if label not in LABELS[head]:
            known = ", ".join(LABELS[head])
            raise DatasetError(f"{place}, line {line}: {label!r} is no {head} that is known: {known}. {REMEDY}")
