"""Parts of a data set that are looked at on their own."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from training.datasets import Example
from training.inference import Logits
from training.report import true_classes

SliceFigures = dict[str, dict[str, dict[str, float]]]
"""`n` and `accuracy` by head and slice."""

WORD_BOUNDS = (0, 75, 125, 175, 250, 400, 100_000)


def _name(low: int, high: int) -> str:
    return f"{low}+ words" if high == WORD_BOUNDS[-1] else f"{low}-{high - 1} words"


SLICES = (*(_name(low, high) for low, high in pairwise(WORD_BOUNDS)), "metadata known", "metadata unknown")


def slices_of(examples: Sequence[Example]) -> dict[str, NDArray[np.bool_]]:
    """Return masks bool [examples]: by number of words, and by whether metadata is known. Empty ones are left out."""
    words = np.array([len((example.item.text or "").split()) for example in examples])
    known = np.array([bool(example.item.genres) or example.item.year is not None for example in examples])
    masks = [(words >= low) & (words < high) for low, high in pairwise(WORD_BOUNDS)]
    return {name: mask for name, mask in zip(SLICES, [*masks, known, ~known], strict=True) if mask.any()}


def slice_accuracy(logits: Logits, examples: Sequence[Example], labels: Mapping[str, Sequence[str]]) -> SliceFigures:
    """Return `n` and `accuracy` by head and slice."""
    return {
        head: {
            name: {"n": int(mask.sum()), "accuracy": float(correct[mask].mean())}
            for name, mask in slices_of(examples).items()
        }
        for head, names in labels.items()
        for correct in [logits[head].argmax(axis=1) == true_classes(examples, head, names)]
    }


def pooled_slices(parts: Sequence[SliceFigures]) -> SliceFigures:
    """Return the figures of several parts, such as folds, taken together."""
    return {
        head: {
            name: _pooled([part[head].get(name) for part in parts])
            for name in SLICES
            if any(name in part[head] for part in parts)
        }
        for head in parts[0]
    }


def _pooled(parts: Sequence[Mapping[str, float] | None]) -> dict[str, float]:
    found = [part for part in parts if part is not None]
    n = sum(part["n"] for part in found)
    return {"n": n, "accuracy": sum(part["n"] * part["accuracy"] for part in found) / n}


def is_length_slice(name: str) -> bool:
    """Whether a slice is one by number of words."""
    return name.endswith("words")
