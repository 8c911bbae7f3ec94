"""Warnings of data that can be trained on, and teach nothing."""

import sys
from collections.abc import Collection, Sequence

from training.datasets.example import Example


def warn_of_poor_data(examples: Sequence[Example], heads: Collection[str], modalities: Collection[str]) -> None:
    """Say on stderr where a head has one label only, or no text has a word in it."""
    for head in heads:
        labels = {example.labels[head] for example in examples if head in example.labels}
        if len(labels) == 1:
            _warn(f"every labelled example is {labels.pop()!r} for {head!r}: a model learns to always say that")
    if "text" in modalities and examples and not any((example.item.text or "").strip() for example in examples):
        _warn(f"all {len(examples)} texts are empty: a model learns nothing from them. Check the column or the files")


def _warn(what: str) -> None:
    print(f"Warning: {what}.", file=sys.stderr)
