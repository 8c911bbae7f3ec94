"""One labelled item."""

import base64
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from model_bundle import Item, Turn

MEDIA = {"audio", "video"}
"""Fields of an item that are written as the path of a file, as they are too large to be copied into a table."""


@dataclass(frozen=True, slots=True)
class Example:
    """An item, what is known about it, and what it belongs to."""

    identifier: str
    item: Item
    labels: Mapping[str, str]
    """Label by head; a head that isn't there is unlabelled."""
    group: str
    """Film, tweet group or speaker: examples of one group never stand on both sides of a split."""
    soft_labels: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Share of each label by head: how taggers voted, or how sure a teacher is. The labels not in it have none."""


def write_examples(path: Path, examples: Iterable[Example]) -> None:
    """Write one line of JSON by example; an older file stays until the new one is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.write_text("".join(_to_json(example) + "\n" for example in examples), encoding="utf-8")
    partial.replace(path)


def read_examples(path: Path) -> list[Example]:
    """Read what `write_examples` wrote; ValueError, KeyError or TypeError if it is damaged."""
    # Not splitlines: reviews hold other characters that it takes for ends of lines.
    *lines, end = path.read_text(encoding="utf-8").split("\n")
    if end:
        raise ValueError(f"{path} ends within a line")
    return [_from_json(line) for line in lines]


def _to_json(example: Example) -> str:
    values = asdict(example)
    item = values["item"]
    # What is absent is left out, so that examples keep the fingerprint that they had before the field existed.
    for name in ("image", "audio", "video", "speaker", "context"):
        if item[name] is None or item[name] == ():
            del item[name]
    if not values["soft_labels"]:
        del values["soft_labels"]
    if "image" in item:
        item["image"] = base64.b64encode(item["image"]).decode("ascii")
    for name in MEDIA & item.keys():
        item[name] = _path_of(example, name, item[name])
    return json.dumps(values, ensure_ascii=False)


def _path_of(example: Example, name: str, medium: bytes | Path) -> str:
    if isinstance(medium, bytes):
        raise TypeError(f"the {name} of {example.identifier} is in memory: only a file's path can be written")
    return str(medium)


def _from_json(line: str) -> Example:
    values = json.loads(line)
    return Example(item=_item_from(values.pop("item")), **values)


def _item_from(values: dict[str, Any]) -> Item:
    values["genres"] = tuple(values["genres"])
    if "image" in values:
        values["image"] = base64.b64decode(values["image"], validate=True)
    if "context" in values:
        values["context"] = tuple(Turn(**turn) for turn in values["context"])
    return Item(**values | {name: Path(values[name]) for name in MEDIA & values.keys()})


def fingerprint(examples: Iterable[Example]) -> str:
    """Return the sha256 over all examples, in order."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(_to_json(example).encode())
    return digest.hexdigest()
