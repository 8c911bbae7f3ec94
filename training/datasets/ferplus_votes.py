"""FER+: how ten taggers voted on each image of FER2013.

Barsoum et al. 2016, "Training Deep Networks for Facial Expression Recognition with Crowd-Sourced Label Distribution".
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from training.datasets.emotions import emotion_named
from training.datasets.source import Source
from training.datasets.text_encoding import decode_utf8, shortened
from training.errors import DatasetError

FOLDERS = ("ferplus", "ferplus.zip")
CHOICES = (
    "neutral",
    "happiness",
    "surprise",
    "sadness",
    "anger",
    "disgust",
    "fear",
    "contempt",
    "unknown",
    "NF",
)
"""Columns of votes; NF is not a face."""
REMEDY = (
    "Place ferplus.zip, or a folder ferplus with CSV files, there: columns file (such as test/angry/00001.png) and "
    f"{', '.join(CHOICES)}, joined from https://github.com/microsoft/FERPlus, as in docs/datasets.md."
)
_IMAGE = re.compile(r"(?:.*/)?((?:train|validation|test)/[a-z]+/[^/]+)\.\w+")


@dataclass(frozen=True, slots=True)
class Votes:
    """The votes on one image."""

    by_choice: Mapping[str, int]

    @property
    def emotion(self) -> str | None:
        """The one of the seven emotions that has strictly the most of all votes, or None."""
        most = max(self.by_choice.values())
        winners = [choice for choice, votes in self.by_choice.items() if votes == most]
        return emotion_named(winners[0]) if len(winners) == 1 else None

    @property
    def is_rejected(self) -> bool:
        """Whether none of the seven emotions has as many votes as contempt, unknown or not-a-face."""
        return max(self.by_choice.values()) > max(self._by_emotion.values())

    @property
    def shares(self) -> dict[str, float]:
        """Each emotion's share of the votes for any of the seven; without those that nobody chose."""
        total = sum(self._by_emotion.values())
        return {emotion: votes / total for emotion, votes in self._by_emotion.items() if votes}

    @property
    def _by_emotion(self) -> dict[str, int]:
        named = ((emotion_named(choice), votes) for choice, votes in self.by_choice.items())
        return {emotion: votes for emotion, votes in named if emotion is not None}


def image_key(name: str) -> str:
    """Return what an image is called in both archives, whatever folder they lie in: `test/angry/00001`."""
    match = _IMAGE.fullmatch(name)
    return match[1] if match else name


def read_votes(source: Source) -> dict[str, Votes]:
    """Return the votes by `image_key`, of all CSV files there; DatasetError for a damaged one, or none."""
    votes = {
        key: found
        for name, table in source.files(lambda name: name.endswith(".csv"), "reading votes")
        for key, found in _rows(f"{source.path.parent / name}", table)
    }
    if not votes:
        raise DatasetError(f"{source.path} has no votes. {REMEDY}")
    return votes


def _rows(place: str, table: bytes) -> Iterator[tuple[str, Votes]]:
    rows = csv.DictReader(io.StringIO(decode_utf8(place, table, "Download it again."), newline=""), strict=True)
    try:
        for row in rows:
            yield image_key(row["file"]), _votes(row)
    except (csv.Error, KeyError, ValueError, TypeError) as error:
        where = f"{shortened(place)}, line {rows.line_num}"
        raise DatasetError(f"{where} is not a file and ten numbers of votes ({error!r}). {REMEDY}") from error


def _votes(row: Mapping[str, str]) -> Votes:
    votes = {choice: int(row[choice]) for choice in CHOICES}
    if min(votes.values()) < 0 or not any(votes.values()):
        raise ValueError("no vote, or less")
    return Votes(votes)
