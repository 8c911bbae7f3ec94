"""Accuracy on the same reviews: the bundle, TF-IDF with logistic regression, and VADER."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.pipeline import Pipeline

from benchmarks.baselines import Positive, Vader, fit_linear, judge_linear
from model_bundle import Predictor
from training.datasets import Example, load_dataset
from training.datasets.splits import hold_out
from training.errors import DatasetError
from training.recipe import recipe_from


@dataclass(frozen=True)
class Reviews:
    """What is fitted on, and what is judged."""

    split: str
    fitting: Sequence[Example]
    judged: Sequence[Example]


def reviews(predictor: Predictor, root: Path) -> Reviews:
    """Return the official test split where it is at hand, else the films that the bundle's training held out."""
    train = load_dataset("imdb", root, "train")
    try:
        return Reviews("test", train, load_dataset("imdb", root, "test"))
    except DatasetError:
        recipe = recipe_from(predictor.spec.provenance.recipe)
        rest, held_out = hold_out(train, recipe.data.validation_fraction, recipe.seed)
        return Reviews("validation (held-out films; early stopping saw them)", rest, held_out)


def accuracies(predictor: Predictor, linear: Pipeline, judged: Sequence[Example]) -> dict[str, float]:
    """Return the accuracy of each."""
    texts, truth = texts_of(judged), positive_of(judged)
    labels = predictor.spec.heads[0].labels
    logits = predictor.logits([example.item for example in judged])["sentiment"]
    answers = {
        "Valence reviews": logits.argmax(axis=1) == labels.index("positive"),
        "TF-IDF + logistic regression": judge_linear(linear, texts),
        "VADER": Vader().judge(texts),
    }
    return {name: float(np.mean(judged_positive == truth)) for name, judged_positive in answers.items()}


def fitted_linear(examples: Sequence[Example]) -> Pipeline:
    """Fit the linear baseline."""
    return fit_linear(texts_of(examples), positive_of(examples))


def texts_of(examples: Sequence[Example]) -> list[str]:
    """Return the texts."""
    return [example.item.text or "" for example in examples]


def positive_of(examples: Sequence[Example]) -> Positive:
    """Return whether each is positive."""
    return np.array([example.labels["sentiment"] == "positive" for example in examples])
