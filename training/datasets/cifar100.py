"""CIFAR-100 (Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images"), with a feeling by class.

Nobody labelled these images with a sentiment: SENTIMENTS is a convention, which follows what the kinds of images in
the International Affective Image System are rated (Lang, Bradley and Cuthbert 2008): flowers, scenery and small
animals pleasant, household objects neither, snakes, spiders and beasts of prey unpleasant. A model of it tells kinds of
things apart, and no more.
"""

import io
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model_bundle import Item
from training.datasets.example import Example
from training.datasets.plain_pickle import BAD_PICKLE, load_plain_pickle
from training.datasets.source import Source, find_source
from training.errors import DatasetError

FOLDER = "cifar-100-python"
SPLITS = {"train": ("train",), "test": ("test",), "all": ("train", "test")}
SENTIMENTS = {
    "negative": ("insects", "large_carnivores", "non-insect_invertebrates", "reptiles"),
    "neutral": (
        "fish",
        "food_containers",
        "household_electrical_devices",
        "household_furniture",
        "large_man-made_outdoor_things",
        "large_omnivores_and_herbivores",
        "medium_mammals",
        "people",
        "vehicles_1",
        "vehicles_2",
    ),
    "positive": (
        "aquatic_mammals",
        "flowers",
        "fruit_and_vegetables",
        "large_natural_outdoor_scenes",
        "small_mammals",
        "trees",
    ),
}
"""Superclasses by sentiment."""
LABELS = tuple(SENTIMENTS)
SHAPE = (3, 32, 32)
REMEDY = "Run `python -m training download cifar100`, or place the archive cifar-100-python.tar.gz there."
_SENTIMENT_OF = {name: sentiment for sentiment, names in SENTIMENTS.items() for name in names}


def sources(root: Path, _modalities: Collection[str]) -> list[Source]:
    """Return what the data set is read from; DatasetError says what to place where."""
    return [find_source(root, (FOLDER, f"{FOLDER}.tar.gz"), REMEDY)]


def read(sources: list[Source], split: str) -> list[Example]:
    """Read the images of a split, in their order; the same image twice is one group."""
    source = sources[0]
    wanted = {f"{FOLDER}/{name}": name for name in ("meta", *SPLITS[split])}
    files = {wanted[name]: content for name, content in source.files(wanted.__contains__, "reading pictures")}
    try:
        tables = {name: load_plain_pickle(files[name]) for name in wanted.values()}
        superclasses = tables["meta"]["coarse_label_names"]
        first_of: dict[bytes, str] = {}
        return [example for part in SPLITS[split] for example in _examples(part, tables[part], superclasses, first_of)]
    except BAD_PICKLE as error:
        raise DatasetError(f"{source.path} is incomplete, damaged or not CIFAR-100 ({error!r}). {REMEDY}") from error


def _examples(
    part: str, table: Mapping[str, Any], superclasses: list[str], first_of: dict[bytes, str]
) -> Iterator[Example]:
    names, classes, data = table["filenames"], table["coarse_labels"], np.asarray(table["data"], np.uint8)
    for name, coarse_class, pixels in zip(names, classes, data.reshape(-1, *SHAPE), strict=True):
        identifier = f"{part}/{name}"
        yield Example(
            identifier=identifier,
            item=Item(image=_png(pixels)),
            labels={"sentiment": _SENTIMENT_OF[superclasses[coarse_class]]},
            group=first_of.setdefault(pixels.tobytes(), identifier),
        )


def _png(pixels: NDArray[np.uint8]) -> bytes:
    content = io.BytesIO()
    # Small images compress little, and there are sixty thousand.
    Image.fromarray(np.moveaxis(pixels, 0, -1)).save(content, "PNG", compress_level=1)
    return content.getvalue()
