"""Several data sets as one: what an encoder learns from before its modality meets the others."""

import hashlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from model_bundle import Item
from training.datasets.description import DatasetDescription
from training.datasets.example import Example
from training.datasets.source import Source

PASSAGE_WORDS = 40
_PUNCTUATION = re.compile(r"[^\w\s']")


def unchanged(example: Example) -> Example:
    """Take an example as it is."""
    return example


@dataclass(frozen=True)
class Part:
    """A data set, and what is taken of it."""

    dataset: DatasetDescription
    change: Callable[[Example], Example] = unchanged
    """What becomes of each example."""
    taken: Callable[[int], bool] = lambda _number: True
    """Which examples are taken, by their number."""


def union(
    name: str, modality: str, labels: Mapping[str, tuple[str, ...]], parts: Sequence[Part], is_cached: bool = True
) -> DatasetDescription:
    """Return the data set of `parts`, of which one modality is read and which are all labelled with some of `labels`.

    Its splits are those that every part has. Groups and identifiers begin with the part's name.
    """

    def sources(root: Path, _modalities: Collection[str]) -> list[Source]:
        return [source for part in parts for source in part.dataset.sources(root, (modality,))]

    def read(sources: list[Source], split: str) -> list[Example]:
        root = sources[0].path.parent
        return [example for part in parts for example in _read(part, root, modality, split)]

    datasets = [part.dataset for part in parts]
    return DatasetDescription(
        name=name,
        splits=tuple(split for split in datasets[0].splits if all(split in of.splits for of in datasets)),
        labels=dict(labels),
        sources=sources,
        read=read,
        licence=" ".join(dict.fromkeys(of.licence for of in datasets)),
        citation=" ".join(dict.fromkeys(of.citation for of in datasets)),
        is_cached=is_cached,
    )


def _read(part: Part, root: Path, modality: str, split: str) -> list[Example]:
    name = part.dataset.name
    found = part.dataset.read(part.dataset.sources(root, (modality,)), split)
    return [
        replace(part.change(example), identifier=f"{name}/{example.identifier}", group=f"{name}/{example.group}")
        for number, example in enumerate(found)
        if part.taken(number)
    ]


def passage(example: Example) -> Example:
    """Return a review's first or last words, with its sentiment: opinions stand at both ends.

    Every second passage is without punctuation and capitals, as transcripts of what people say are.
    """
    words = (example.item.text or "").replace("<br />", " ").split()
    choice = hashlib.blake2b(example.identifier.encode(), digest_size=1).digest()[0]
    kept = " ".join(words[:PASSAGE_WORDS] if choice % 2 else words[-PASSAGE_WORDS:])
    return replace(example, item=Item(text=kept if choice & 2 else _PUNCTUATION.sub("", kept).lower()))
