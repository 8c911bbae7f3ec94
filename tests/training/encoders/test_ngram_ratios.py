from collections.abc import Mapping
from pathlib import Path

import pytest
import torch

from model_bundle import Item
from model_bundle.readers.text import TextReader, load_tokenizer
from tests.training.tiny import CPU
from training.datasets import Example
from training.encoders.ngram_ratios import labelled_batches
from training.fitting.material import Material

TWO: dict[str, tuple[str, ...]] = {"sentiment": ("negative", "positive")}
THREE: dict[str, tuple[str, ...]] = {"sentiment": ("negative", "neutral", "positive")}


def shares(tiny_bundle: Path, examples: list[Example], labels: Mapping[str, tuple[str, ...]]) -> list[float]:
    reader = TextReader(load_tokenizer(tiny_bundle / "tokenizer.json"), 8, 4)
    readings = reader.read_many([example.item for example in examples])
    batches = list(labelled_batches(reader, Material(examples, (), labels, {"text": readings}), CPU))
    assert all(ids.shape[0] == counts.shape[0] == found.shape[0] for ids, counts, found in batches)
    return torch.cat([found for _, _, found in batches]).tolist() if batches else []


def example(text: str | None, label: str | None = None, **soft: float) -> Example:
    labels = {"sentiment": label} if label else {}
    return Example("", Item(text), labels, "", {"sentiment": soft} if soft else {})


def test_soft_labels_count_before_labels_and_texts_with_neither_are_left_out(tiny_bundle: Path) -> None:
    examples = [
        example("good", "positive"),
        example("bad film", "negative"),
        example("a good film", "positive", negative=0.25, positive=0.75),
        example("it is this film"),
        example(None, "positive"),
    ]
    assert shares(tiny_bundle, examples, TWO) == pytest.approx([1.0, 0.0, 0.75])


def test_a_label_in_the_middle_counts_half(tiny_bundle: Path) -> None:
    examples = [example("good", "neutral"), example("bad film", positive=0.5, neutral=0.5)]
    assert shares(tiny_bundle, examples, THREE) == pytest.approx([0.5, 0.75])
