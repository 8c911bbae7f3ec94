from dataclasses import replace

import numpy as np
import torch

from model_bundle import Item
from tests.training.tiny import CPU, describe_tiny, features_of, tiny_recipe
from training.datasets import Example
from training.fitting.batches import UNLABELLED, FeatureSet

ITEMS = [
    Example("0", Item("A wonderful film.", ("Drama",), 1980), {"sentiment": "positive"}, "0"),
    Example("1", Item("Awful."), {"sentiment": "negative"}, "1"),
    Example("2", Item(year=1999), {}, "2"),
    Example("3", Item(), {"sentiment": "positive"}, "3"),
]


def features(examples: list[Example]) -> FeatureSet:
    return features_of(ITEMS, describe_tiny(examples, tiny_recipe()))


def test_lengths_are_those_of_the_longest_modality(examples: list[Example]) -> None:
    assert features(examples).lengths.tolist() == [4, 2, 1, 0]
    assert len(features(examples)) == len(ITEMS)


def test_a_batch_holds_the_chosen_rows_in_order(examples: list[Example]) -> None:
    batch = features(examples).batch([2, 0, 1])
    assert batch.present.tolist() == [[False, True], [True, True], [True, False]]
    assert batch.shares["sentiment"].tolist() == [[0, 0], [0, 1], [1, 0]]
    assert {name: rows.tolist() for name, rows in batch.rows.items()} == {"text": [1, 2], "metadata": [0, 1]}
    assert batch.inputs["metadata"]["year"].tolist() == [1999, 1980]
    assert batch.inputs["text"]["token_counts"].tolist() == [4, 2]
    assert batch.inputs["text"]["token_ids"].shape == (2, 4)


def test_an_unlabelled_item_has_no_class(examples: list[Example]) -> None:
    assert features(examples).targets["sentiment"].tolist() == [1, 0, UNLABELLED, 1]


def test_soft_labels_count_before_the_label(examples: list[Example]) -> None:
    soft = {"sentiment": {"negative": 0.25, "positive": 0.75}}
    both = replace(ITEMS[1], soft_labels=soft)
    found = features_of([both, replace(ITEMS[2], soft_labels=soft)], describe_tiny(examples, tiny_recipe()))
    assert found.shares["sentiment"].tolist() == [[0.25, 0.75], [0.25, 0.75]]
    assert found.targets["sentiment"].tolist() == [0, UNLABELLED]


def test_a_modality_that_no_item_has_has_no_inputs(examples: list[Example]) -> None:
    batch = features(examples).batch([1, 3])
    assert batch.inputs.keys() == {"text"}
    assert features(examples).batch([3]).inputs == {}


def test_keeping_leaves_modalities_out(examples: list[Example]) -> None:
    batch = features(examples).batch([0, 1]).keeping(torch.tensor([False, True]))
    assert batch.present.tolist() == [[False, True], [False, False]]


def test_a_copy_on_a_device_is_the_same(examples: list[Example]) -> None:
    batch = features(examples).batch([0, 1, 2])
    copy = batch.to(CPU)
    assert copy.present.tolist() == batch.present.tolist()
    assert np.array_equal(copy.inputs["text"]["token_ids"], batch.inputs["text"]["token_ids"])
