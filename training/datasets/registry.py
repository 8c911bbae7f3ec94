"""The data sets there are."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from training.datasets import imdb
from training.datasets.cache import cached_examples
from training.datasets.example import Example
from training.datasets.source import Source
from training.errors import DatasetError


@dataclass(frozen=True)
class DatasetDescription:
    """A data set: how it is read, and what its use asks for."""

    name: str
    splits: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    """By head."""
    sources: Callable[[Path, bool], list[Source]]
    """From the data root, with or without metadata."""
    read: Callable[[list[Source], str], list[Example]]
    licence: str
    citation: str


DATASETS = {
    "imdb": DatasetDescription(
        name="imdb",
        splits=tuple(imdb.SPLITS),
        labels={"sentiment": ("negative", "positive")},
        sources=imdb.sources,
        read=imdb.read,
        licence="Reviews: research use, citation asked. Genres and years from MovieLens 25M: "
        "non-commercial without GroupLens's permission.",
        citation="Maas et al. 2011, Learning Word Vectors for Sentiment Analysis (ACL); "
        "Harper and Konstan 2015, The MovieLens Datasets (ACM TiiS 5:4).",
    ),
}


def load_dataset(name: str, root: Path, split: str, with_metadata: bool = True) -> list[Example]:
    """Load a split, from the cache where it has been read before; DatasetError names file and remedy."""
    description = DATASETS.get(name)
    if description is None:
        raise DatasetError(f"There is no data set {name!r}; choose from {', '.join(DATASETS)}.")
    if split not in description.splits:
        raise DatasetError(f"{name} has no split {split!r}; choose from {', '.join(description.splits)}.")
    sources = description.sources(root, with_metadata)
    key = [name, split, *(source.stamp for source in sources)]
    return cached_examples(key, lambda: description.read(sources, split))
