"""One labelled item."""

import base64
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from model_bundle import Item


@dataclass(frozen=True, slots=True)
class Example:
    """An item, what is known about it, and what it belongs to."""

    identifier: str
    item: Item
    labels: Mapping[str, str]
    """Label by head; a head that isn't there is unlabelled."""
    group: str
    """Film, tweet group or speaker: examples of one group never stand on both sides of a split."""


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
    image = values["item"].pop("image")
    if image is not None:  # examples without a picture keep the fingerprint that they had before there were any
        values["item"]["image"] = base64.b64encode(image).decode("ascii")
    return json.dumps(values, ensure_ascii=False)


def _from_json(line: str) -> Example:
    values = json.loads(line)
    item = values.pop("item")
    item["genres"] = tuple(item["genres"])
    if "image" in item:
        item["image"] = base64.b64decode(item["image"], validate=True)
    return Example(item=Item(**item), **values)


def fingerprint(examples: Iterable[Example]) -> str:
    """Return the sha256 over all examples, in order."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(_to_json(example).encode())
    return digest.hexdigest()
