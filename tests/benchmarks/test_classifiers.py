from importlib.util import find_spec

import numpy as np
import pytest

from benchmarks.classifiers import Classifier, FastText, NaiveBayesLinear, TfidfLinear, Vader

TEXTS = [
    "good film",
    "such a good story",
    "bad film",
    "such a bad story",
    "film about boats",
    "a story about boats",
] * 20
CLASSES = np.array([2, 2, 0, 0, 1, 1] * 20)
FITTED = [TfidfLinear, NaiveBayesLinear, *([FastText] if find_spec("fasttext") else [])]


@pytest.mark.parametrize("kind", FITTED)
def test_the_order_of_the_classes_does_not_matter(kind: type[TfidfLinear]) -> None:
    order = np.argsort(CLASSES, kind="stable")
    classifier: Classifier = kind()
    classifier.fit([TEXTS[at] for at in order], CLASSES[order])
    assert classifier.classify(["bad boats story bad bad", "good good tale", "about boats"]).tolist() == [0, 2, 1]


@pytest.mark.parametrize("kind", FITTED)
def test_what_was_fitted_classifies_other_texts(kind: type[TfidfLinear]) -> None:
    classifier: Classifier = kind()
    classifier.fit(TEXTS, CLASSES)
    assert classifier.classify(["bad boats story bad bad", "good good tale", "about boats"]).tolist() == [0, 2, 1]


def test_naive_bayes_sees_pairs_of_words() -> None:
    classifier = NaiveBayesLinear()
    classifier.fit(["not good", "good", "bad", "not bad"] * 5, np.array([0, 1, 0, 1] * 5))
    assert classifier.classify(["not good", "not bad"]).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("labels", "expected"), [(("negative", "positive"), [1, 0, 0]), (("negative", "neutral", "positive"), [2, 0, 1])]
)
def test_vader_has_a_neutral_band_where_there_is_such_a_label(labels: tuple[str, ...], expected: list[int]) -> None:
    assert Vader(labels).classify(["I love it!", "I hate it!", "It is a table."]).tolist() == expected
