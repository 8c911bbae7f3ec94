"""MVSA-Single (Niu et al. 2016, "Sentiment Analysis on Multi-View Social Data"): tweets with an image."""

import re
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model_bundle import Item
from model_bundle.errors import ImageTooLargeError, ImageUndecodableError
from training.datasets.example import Example
from training.datasets.mvsa_tables import REMEDY, is_table_or_text, read_posts
from training.datasets.near_duplicates import near_duplicate_groups
from training.datasets.picture_hash import picture_hash
from training.datasets.source import Source, find_source
from training.errors import DatasetError

FOLDERS = ("mvsa_single", "mvsa_single.zip", "MVSA_Single", "MVSA_Single.zip", "MVSA-Single.zip")
SPLITS = ("train", "all")
"""Both are every post: nobody publishes a split."""
_PICTURE = re.compile(r"[^/]+/(?:images|data)/(?P<id>[^/]+)\.jpg")


def sources(root: Path, modalities: Collection[str]) -> list[Source]:
    """Return what the data set is read from; DatasetError says what to place where."""
    source = find_source(root, FOLDERS, REMEDY)
    if "image" in modalities and not any(source.files(_is_picture, "looking for pictures")):
        raise DatasetError(f"{source.path} has no picture images/ID.jpg. {REMEDY} `--without image` needs none.")
    return [source]


def read(sources: list[Source], _split: str) -> list[Example]:
    """Read every post; those whose image is missing or damaged keep their text, and are counted on stderr."""
    place = str(sources[0].path)
    files = dict(sources[0].files(lambda name: is_table_or_text(name) or _is_picture(name), "reading posts"))
    posts = read_posts(place, files)
    pictures = {match["id"]: content for name, content in files.items() if (match := _PICTURE.fullmatch(name))}
    hashes = _hashes(place, pictures, [post.identifier for post in posts])
    groups = near_duplicate_groups([post.text for post in posts], [hashes.get(post.identifier) for post in posts])
    return [
        Example(
            identifier=post.identifier,
            item=Item(text=post.text or None, image=pictures[post.identifier] if post.identifier in hashes else None),
            labels={"sentiment": post.label},
            group=posts[first].identifier,
        )
        for post, first in zip(posts, groups, strict=True)
    ]


def _is_picture(name: str) -> bool:
    return _PICTURE.fullmatch(name) is not None


def _hashes(place: str, pictures: Mapping[str, bytes], identifiers: Collection[str]) -> dict[str, NDArray[np.bool_]]:
    hashes = {}
    for identifier in identifiers:
        try:
            hashes[identifier] = picture_hash(pictures[identifier])
        except (KeyError, ImageUndecodableError, ImageTooLargeError):
            continue
    lost = len(identifiers) - len(hashes)
    if lost:
        print(
            f"{place}: {lost} of {len(identifiers)} pictures are missing or damaged. Their posts keep their text.",
            file=sys.stderr,
        )
    return hashes
