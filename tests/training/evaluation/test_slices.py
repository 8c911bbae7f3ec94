from dataclasses import replace

import numpy as np
import pytest

from model_bundle import Item
from training.datasets import Example
from training.evaluation.slices import SLICES, SliceFigures, is_length_slice, pooled_slices, slice_accuracy, slices_of

EXAMPLES = [
    Example("0", Item("good " * 10, ("Drama",), None), {"sentiment": "positive"}, "0"),
    Example("1", Item("bad " * 100), {"sentiment": "negative"}, "1"),
    Example("2", Item("good " * 500, (), 1994), {"sentiment": "positive"}, "2"),
    Example("3", Item(None), {"sentiment": "positive"}, "3"),
]
LOGITS = {"sentiment": np.array([[0, 1], [0, 1], [0, 1], [1, 0]], np.float32)}
LABELS = {"sentiment": ("negative", "positive")}


def test_examples_are_told_apart_by_length_and_metadata() -> None:
    assert {name: np.flatnonzero(mask).tolist() for name, mask in slices_of(EXAMPLES).items()} == {
        "0-74 words": [0, 3],
        "75-124 words": [1],
        "400+ words": [2],
        "metadata known": [0, 2],
        "metadata unknown": [1, 3],
    }


def test_posts_are_told_apart_by_their_parts_too() -> None:
    items = [
        Item("so happy", image=b"1"),
        Item(image=b"2"),
        Item("word " * 20),
        Item(" ", image=b"3"),
        Item("a", image=b""),
    ]
    posts = [Example(str(row), item, {}, str(row)) for row, item in enumerate(items)]
    assert {name: np.flatnonzero(mask).tolist() for name, mask in slices_of(posts).items()} == {
        "0-7 words": [0, 1, 3, 4],
        "20+ words": [2],
        "text only": [2],
        "image only": [1, 3],
        "text and image": [0, 4],
    }


def test_of_texts_alone_there_are_only_lengths() -> None:
    assert list(slices_of([Example("0", Item("good"), {}, "0")])) == ["0-74 words"]


def test_every_slice_has_its_place_in_the_order() -> None:
    everything = [*EXAMPLES, Example("4", Item("good", image=b"1"), {}, "4"), Example("5", Item(image=b"1"), {}, "5")]
    assert set(slices_of(EXAMPLES)) | set(slices_of(everything)) <= set(SLICES)
    assert len(set(SLICES)) == len(SLICES)


def test_unlabelled_examples_are_not_counted_as_mistakes() -> None:
    examples = [replace(EXAMPLES[0], labels={}), *EXAMPLES[1:]]
    figures = slice_accuracy(LOGITS, examples, LABELS)["sentiment"]
    assert figures["0-74 words"] == {"n": 1, "accuracy": 0}
    assert "metadata known" in figures
    only_unlabelled = slice_accuracy({"sentiment": LOGITS["sentiment"][:1]}, examples[:1], LABELS)
    assert only_unlabelled == {"sentiment": {}}


def test_lengths_are_told_from_metadata() -> None:
    assert [name for name in slices_of(EXAMPLES) if is_length_slice(name)] == [
        "0-74 words",
        "75-124 words",
        "400+ words",
    ]


def test_accuracy_by_slice() -> None:
    figures = slice_accuracy(LOGITS, EXAMPLES, LABELS)["sentiment"]
    assert figures == {
        "0-74 words": {"n": 2, "accuracy": 0.5},
        "75-124 words": {"n": 1, "accuracy": 0},
        "400+ words": {"n": 1, "accuracy": 1},
        "metadata known": {"n": 2, "accuracy": 1},
        "metadata unknown": {"n": 2, "accuracy": 0},
    }


def _part(**slices: tuple[int, float]) -> SliceFigures:
    """Return the figures (n, accuracy) of examples by whether metadata is known."""
    return {"sentiment": {f"metadata {name}": {"n": n, "accuracy": value} for name, (n, value) in slices.items()}}


def test_parts_are_pooled_by_their_sizes() -> None:
    pooled = pooled_slices([_part(known=(1, 1.0), unknown=(2, 0.5)), _part(known=(3, 0.0))])
    assert pooled["sentiment"]["metadata known"] == {"n": 4, "accuracy": pytest.approx(0.25)}
    assert pooled["sentiment"]["metadata unknown"] == {"n": 2, "accuracy": 0.5}


def test_a_slice_that_the_first_part_lacks_is_not_lost() -> None:
    parts = [
        slice_accuracy({"sentiment": LOGITS["sentiment"][rows]}, [EXAMPLES[row] for row in rows], LABELS)
        for rows in ([1, 2], [0, 3])
    ]
    assert pooled_slices(parts) == slice_accuracy(LOGITS, EXAMPLES, LABELS)
    assert list(pooled_slices(parts)["sentiment"]) == list(slices_of(EXAMPLES))
