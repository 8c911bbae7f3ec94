"""What a data set is, apart from its examples."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

from training.datasets.example import Example
from training.datasets.source import Source


@dataclass(frozen=True)
class DatasetDescription:
    """A data set: how it is read, and what its use asks for."""

    name: str
    splits: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    """By head."""
    sources: Callable[[Path, Collection[str]], list[Source]]
    """From the data root, for the modalities that are wanted: what only others need may be absent."""
    read: Callable[[list[Source], str], list[Example]]
    """The examples of a split."""
    licence: str
    citation: str
    is_cached: bool = True
    """Whether what was read is kept; an archive of images is as fast as a copy of them."""


def without_neutral(description: DatasetDescription) -> DatasetDescription:
    """Return the same data set, `NAME_binary`, of what is labelled negative or positive; groups stay as they are."""

    def read(sources: list[Source], split: str) -> list[Example]:
        return [example for example in description.read(sources, split) if example.labels["sentiment"] != "neutral"]

    labels: dict[str, tuple[str, ...]] = {"sentiment": ("negative", "positive")}
    return replace(description, name=f"{description.name}_binary", labels=labels, read=read)
