"""MELD (Poria et al. 2019, "A Multimodal Multi-Party Dataset for Emotion Recognition in Conversations").

What is said in scenes of a television series, by whom and after what, with a sentiment and an emotion by utterance; and
the clips, as far as they are there.
"""

import csv
import io
import re
import sys
from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from model_bundle import Item, Turn
from training.datasets.emotions import EMOTIONS, SENTIMENTS
from training.datasets.example import Example
from training.datasets.media_files import media_files
from training.datasets.source import Source, find_source
from training.datasets.text_encoding import decode_mixed
from training.errors import DatasetError

FOLDERS = ("MELD", "MELD.Raw")
PARTS = {"train": "train", "validation": "dev", "test": "test"}
"""Part of the file's name by split; `all` is those that are there."""
SPLITS = (*PARTS, "all")
CLIP_FOLDERS = {"train": "train_splits", "dev": "dev_splits_complete", "test": "output_repeated_splits_test"}
"""By part, as the archives of clips unpack."""
CORRUPT = {"train/125/3", "dev/110/7"}
"""Utterances whose published clip is known to hold no image or no end."""
MOST_TURNS = 20
"""Earlier utterances that an utterance comes with, as in a request."""
LABELS = {"sentiment": SENTIMENTS, "emotion": EMOTIONS}
REMEDY = "Run `python -m training download meld`, or place the tables train_, dev_ and test_sent_emo.csv in MELD there."
_CLIP = re.compile(r"(?:.*/)?(?P<folder>[^/]+)/dia(?P<dialogue>\d+)_utt(?P<utterance>\d+)\.mp4")
_MOST_NAMED = 5


def sources(root: Path, modalities: Collection[str]) -> list[Source]:
    """Return where the tables are and, where sound or images are wanted, where to look for clips.

    DatasetError says what to place where; clips may be absent.
    """
    source = find_source(root, FOLDERS, REMEDY)
    return [source] if {"audio", "video"}.isdisjoint(modalities) else [source, source]


def read(sources: list[Source], split: str) -> list[Example]:
    """Read the utterances of a split, in the table's order; those without a clip are counted on stderr."""
    source, *clips = sources
    parts = list(PARTS.values()) if split == "all" else [PARTS[split]]
    wanted = [f"{source.path.name}/{part}_sent_emo.csv" for part in parts]
    tables = dict(source.files(wanted.__contains__, "reading utterances"))
    if not tables:
        raise DatasetError(f"{source.path.parent} has no {' and no '.join(wanted)}. {REMEDY}")
    examples = [
        example
        for part, name in zip(parts, wanted, strict=True)
        if name in tables
        for example in _examples(f"{source.path.parent / name}", part, tables[name])
    ]
    return _with_clips(examples, clips[0]) if clips else examples


def _examples(place: str, part: str, table: bytes) -> Iterator[Example]:
    rows = csv.DictReader(io.StringIO(decode_mixed(table), newline=""), strict=True)
    turns: dict[str, deque[Turn]] = defaultdict(lambda: deque(maxlen=MOST_TURNS))
    try:
        for row in rows:
            dialogue = f"{part}/{row['Dialogue_ID']}"
            labels = {head: row[head.title()].strip() for head in LABELS}
            _check_labels(place, rows.line_num, labels)
            text, speaker = row["Utterance"].strip() or None, row["Speaker"].strip() or None
            item = Item(text=text, speaker=speaker, context=tuple(turns[dialogue]))
            yield Example(f"{dialogue}/{row['Utterance_ID']}", item, labels, group=dialogue)
            if text:
                turns[dialogue].append(Turn(text, speaker))
    except (csv.Error, KeyError, AttributeError) as error:
        raise DatasetError(f"{place} is damaged or has other columns than MELD's ({error!r}). {REMEDY}") from error


def _check_labels(place: str, line: int, labels: dict[str, str]) -> None:
    for head, label in labels.items():
        if label not in LABELS[head]:
            known = ", ".join(LABELS[head])
            raise DatasetError(f"{place}, line {line}: {label!r} is no {head} that is known: {known}. {REMEDY}")


def _with_clips(examples: Sequence[Example], source: Source) -> list[Example]:
    found = _clips(source)
    corrupt = [example.identifier for example in examples if found.get(example.identifier, source.path) is None]
    missing = [example.identifier for example in examples if example.identifier not in found]
    if corrupt:
        _tell(source, f"{len(corrupt)} of {len(examples)} clips are corrupt: {', '.join(corrupt)}")
    if missing:
        named = ", ".join(missing[:_MOST_NAMED]) + (", …" if len(missing) > _MOST_NAMED else "")
        _tell(source, f"{len(missing)} of {len(examples)} clips are missing: {named}")
    return [replace(of, item=replace(of.item, video=found.get(of.identifier))) for of in examples]


def _clips(source: Source) -> dict[str, Path | None]:
    """Return each clip by its utterance's identifier; None for a corrupt one."""
    parts = {folder: part for part, folder in CLIP_FOLDERS.items()}
    clips: dict[str, Path | None] = {}
    for name, path in media_files(source, lambda name: _CLIP.fullmatch(name) is not None, "MELD's clips").items():
        match = _CLIP.fullmatch(name)
        if match and match["folder"] in parts:
            identifier = f"{parts[match['folder']]}/{match['dialogue']}/{match['utterance']}"
            clips[identifier] = None if identifier in CORRUPT or not path.stat().st_size else path
    return clips


def _tell(source: Source, what: str) -> None:
    print(f"{source.path}: {what}. Their utterances keep their text.", file=sys.stderr)
