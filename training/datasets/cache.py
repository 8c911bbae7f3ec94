"""Parsed data sets on disk, so that only the first start is slow."""

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from training.datasets.example import Example, read_examples, write_examples

FORMAT = "1"
"""Changed with the layout of the cached lines, or with what a reader makes of its files."""


def cache_folder() -> Path:
    """Return where caches go: `VALENCE_CACHE`, or a folder of the user's cache."""
    default = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "valence"
    return Path(os.environ.get("VALENCE_CACHE", default))


def cached_examples(key: Sequence[str], read: Callable[[], list[Example]]) -> list[Example]:
    """Return the examples cached under `key`, or read and cache them. A damaged cache is read again."""
    name = hashlib.sha256("\n".join([FORMAT, *key]).encode()).hexdigest()[:32]
    path = cache_folder() / f"{name}.jsonl"
    try:
        examples = read_examples(path)
    except (OSError, ValueError, KeyError, TypeError):
        examples = []
    if not examples:  # no split is empty, but what a power cut leaves of a file may be
        examples = read()
        with cache_is_optional(path):
            write_examples(path, examples)
    return examples


@contextmanager
def cache_is_optional(path: Path) -> Iterator[None]:
    """Say that nothing was cached where `path` can't be written, and go on: a cache only saves time."""
    try:
        yield
    except OSError as error:
        print(f"Not cached: {path} can't be written ({error}). VALENCE_CACHE names another folder.", file=sys.stderr)
