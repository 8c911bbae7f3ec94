import io
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.linear_model import LogisticRegression

from training.datasets import Example, load_dataset
from training.datasets.example import fingerprint
from training.datasets.synthetic import COLOURS, LABELS, WORDS

NOWHERE = Path("no such folder")


@pytest.fixture(scope="module")
def train() -> list[Example]:
    return load_dataset("synthetic", NOWHERE, "train")


@pytest.fixture(scope="module")
def test() -> list[Example]:
    return load_dataset("synthetic", NOWHERE, "test")


def test_the_posts_are_the_same_every_time_and_differ_by_split(train: list[Example], test: list[Example]) -> None:
    assert (len(train), len(test)) == (600, 200)
    assert fingerprint(load_dataset("synthetic", NOWHERE, "test")) == fingerprint(test)
    assert not {example.item.image for example in train} & {
        example.item.image for example in test if example.item.image
    }
    assert load_dataset("synthetic", NOWHERE, "all") == [*train, *test]


def test_every_post_has_a_text_or_a_picture_and_most_have_both(train: list[Example]) -> None:
    kinds = Counter((example.item.text is not None, example.item.image is not None) for example in train)
    assert kinds.keys() == {(True, True), (True, False), (False, True)}
    assert 400 < kinds[True, True] < 560
    assert min(Counter(example.labels["sentiment"] for example in train).values()) > 150


def test_pictures_are_small_jpegs(test: list[Example]) -> None:
    for content in filter(None, (example.item.image for example in test[:20])):
        with Image.open(io.BytesIO(content)) as picture:
            assert (picture.format, picture.size, picture.mode) == ("JPEG", (96, 96), "RGB")


def read_text(example: Example) -> list[float]:
    words = (example.item.text or "").split()
    return [sum(word in words for word in WORDS[label]) for label in LABELS]


def read_picture(example: Example) -> list[float]:
    if example.item.image is None:
        return [0, 0, 0]
    with Image.open(io.BytesIO(example.item.image)) as picture:
        pixels = np.asarray(picture.resize((12, 12), Image.Resampling.BOX), np.float64).reshape(-1, 1, 3)
    near = np.abs(pixels - [COLOURS[label] for label in LABELS]).max(axis=-1) < 15
    return [float(count) for count in near.sum(axis=0) > 5]


def accuracy(train: Sequence[Example], test: Sequence[Example], *readers: Callable[[Example], list[float]]) -> float:
    def features(examples: Sequence[Example]) -> list[list[float]]:
        return [[value for read in readers for value in read(example)] for example in examples]

    def labels(examples: Sequence[Example]) -> list[str]:
        return [example.labels["sentiment"] for example in examples]

    model = LogisticRegression().fit(features(train), labels(train))
    return float(model.score(features(test), labels(test)))


def test_text_and_picture_together_tell_more_than_either(train: list[Example], test: list[Example]) -> None:
    text, picture = accuracy(train, test, read_text), accuracy(train, test, read_picture)
    both = accuracy(train, test, read_text, read_picture)
    assert 0.55 < text < 0.8
    assert 0.55 < picture < 0.8
    assert both > max(text, picture) + 0.1


def test_the_binary_set_has_no_neutral_posts(train: list[Example]) -> None:
    polar = load_dataset("synthetic_binary", NOWHERE, "train")
    assert polar == [example for example in train if example.labels["sentiment"] != "neutral"]
