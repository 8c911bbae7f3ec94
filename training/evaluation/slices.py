"""Parts of a data set that are looked at on their own."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from training.datasets import Example
from training.evaluation.report import true_classes
from training.fitting.batches import UNLABELLED
from training.fitting.inference import Logits

SliceFigures = dict[str, dict[str, dict[str, float]]]
"""`n` and `accuracy` by head and slice."""

WORD_BOUNDS = (0, 75, 125, 175, 250, 400, 100_000)
POST_WORD_BOUNDS = (0, 8, 12, 16, 20, 100_000)
"""For posts, the longest of which are shorter than most reviews."""


def _length_names(bounds: Sequence[int]) -> list[str]:
    *inner, last = pairwise(bounds)
    return [*(f"{low}-{high - 1} words" for low, high in inner), f"{last[0]}+ words"]


SLICES = (
    *_length_names(WORD_BOUNDS),
    *_length_names(POST_WORD_BOUNDS),
    "metadata known",
    "metadata unknown",
    "text only",
    "image only",
    "text and image",
)
"""In the order in which they are shown."""


def slices_of(examples: Sequence[Example]) -> dict[str, NDArray[np.bool_]]:
    """Return masks bool [examples]; empty ones are left out.

    By number of words; where any example has metadata, by whether it is known; where any has an image, by what a post
    consists of.
    """
    image = np.array([example.item.image is not None for example in examples], np.bool_)
    known = np.array([bool(example.item.genres) or example.item.year is not None for example in examples], np.bool_)
    masks = _by_length(examples, POST_WORD_BOUNDS if image.any() else WORD_BOUNDS)
    if known.any():
        masks |= {"metadata known": known, "metadata unknown": ~known}
    if image.any():
        text = np.array([bool((example.item.text or "").strip()) for example in examples], np.bool_)
        masks |= {"text only": text & ~image, "image only": image & ~text, "text and image": text & image}
    return {name: mask for name, mask in masks.items() if mask.any()}


def _by_length(examples: Sequence[Example], bounds: Sequence[int]) -> dict[str, NDArray[np.bool_]]:
    words = np.array([len((example.item.text or "").split()) for example in examples])
    masks = [(words >= low) & (words < high) for low, high in pairwise(bounds)]
    return dict(zip(_length_names(bounds), masks, strict=True))


def slice_accuracy(logits: Logits, examples: Sequence[Example], labels: Mapping[str, Sequence[str]]) -> SliceFigures:
    """Return `n` and `accuracy` by head and slice, of the labelled examples."""
    slices = slices_of(examples)
    return {
        head: _accuracy(logits[head].argmax(axis=1), true_classes(examples, head, names), slices)
        for head, names in labels.items()
    }


def _accuracy(
    predicted: NDArray[np.int64], true: NDArray[np.int64], slices: Mapping[str, NDArray[np.bool_]]
) -> dict[str, dict[str, float]]:
    labelled = {name: mask & (true != UNLABELLED) for name, mask in slices.items()}
    return {
        name: {"n": int(mask.sum()), "accuracy": float((predicted == true)[mask].mean())}
        for name, mask in labelled.items()
        if mask.any()
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
