"""Corpora of acted speech: the name of a recording says who speaks and which emotion is acted."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from model_bundle import Item
from training.datasets.emotions import emotion_labels
from training.datasets.example import Example
from training.datasets.media_files import media_files
from training.datasets.source import Source, find_source
from training.errors import DatasetError

ENDINGS = r"\.(?:wav|flac|opus|ogg|mp3)"
"""Of recordings, as a pattern: copies of the corpora are of several formats."""


@dataclass(frozen=True)
class Recordings:
    """One corpus; all its recordings are `train` and `all`, as no split is published."""

    name: str
    folders: tuple[str, ...]
    """What its download is called below the data root, first come first served."""
    patterns: Mapping[str, re.Pattern[str]]
    """Of the recordings' names, with the groups `id`, `speaker` and `emotion`, by split."""
    emotions: Mapping[str, str | None]
    """Emotion by code; None for what is none of the seven."""
    remedy: str

    def sources(self, root: Path, _modalities: Collection[str]) -> list[Source]:
        """Return where the recordings are; DatasetError says what to place where."""
        return [find_source(root, self.folders, self.remedy)]

    def read(self, sources: list[Source], split: str) -> list[Example]:
        """Return the recordings in the order of their names, as files, grouped by speaker."""
        source, pattern = sources[0], self.patterns[split]
        # Splits of the same recordings share what is unpacked.
        first = next(name for name, found in self.patterns.items() if found == pattern)
        files = media_files(source, lambda name: pattern.fullmatch(name) is not None, f"{self.name}, {first}")
        # Some copies hold everything twice, in two folders or formats.
        found = {match["id"]: (match, path) for name, path in files.items() if (match := pattern.fullmatch(name))}
        if not found:
            raise DatasetError(f"{source.path} has no recordings of {self.name}. {self.remedy}")
        examples = [self._example(source, *found[identifier]) for identifier in sorted(found)]
        return [example for example in examples if example.labels]

    def _example(self, source: Source, match: re.Match[str], path: Path) -> Example:
        if match["emotion"] not in self.emotions:
            known = ", ".join(self.emotions)
            raise DatasetError(f"{source.path}: the emotion in {match[0]} is unknown; known: {known}. {self.remedy}")
        emotion = self.emotions[match["emotion"]]
        labels = emotion_labels(emotion) if emotion else {}
        return Example(match["id"], Item(audio=path), labels, group=f"{self.name}/{match['speaker']}")
