"""A part of a data set, drawn at random: as many as are wanted, and evenly among the labels."""

from collections.abc import Sequence

import numpy as np

from training.datasets.example import Example


def drawn(examples: Sequence[Example], most: int | None, balanced: str | None, seed: int) -> list[Example]:
    """Return at most `most` examples in their order; with a head in `balanced`, equally many of each of its labels.

    The rarest label decides how many that are.
    """
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(examples))
    if balanced is not None:
        order = _evenly(examples, order.tolist(), balanced)
    return [examples[row] for row in sorted(order[:most])]


def _evenly(examples: Sequence[Example], order: Sequence[int], head: str) -> np.ndarray:
    """Return rows in turns of one of each label, until one of the labels has no more."""
    by_label: dict[str, list[int]] = {}
    for row in order:
        if head in examples[row].labels:
            by_label.setdefault(examples[row].labels[head], []).append(row)
    turns = zip(*(by_label[label] for label in sorted(by_label)), strict=False)
    return np.array([row for turn in turns for row in turn], np.int64)
