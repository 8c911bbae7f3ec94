"""Accuracy against latency on the same held-out texts, in one run on one thread: ours, and what others would use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal

import matplotlib.pyplot as plt
import numpy as np

from benchmarks.classifiers import Classes, Classifier, FastText, FrozenVectors, NaiveBayesLinear, TfidfLinear, Vader
from benchmarks.latency import measure
from benchmarks.published import published_transformers
from model_bundle import Item, Predictor
from training.datasets import Example, load_dataset
from training.datasets.splits import hold_out
from training.errors import DatasetError
from training.evaluation.plots import ACCENT, INK, SECOND, STYLE
from training.recipe import recipe_from

HEAD: Final = "sentiment"
REPETITIONS: Final = 30
WARM_UP: Final = 2
CHUNK: Final = 512
Kind = Literal["ours", "measured here", "published accuracy, speed measured here"]
COLOURS: Final[Mapping[Kind, str]] = {
    "ours": SECOND,
    "measured here": ACCENT,
    "published accuracy, speed measured here": INK,
}


@dataclass(frozen=True)
class HeldOut:
    """What is fitted on, and what is classified."""

    split: str
    fitting: Sequence[Example]
    judged: Sequence[Example]


@dataclass(frozen=True)
class Point:
    """A system on the front."""

    name: str
    accuracy: float
    milliseconds: float
    """Median of one text."""
    kind: Kind


def held_out(predictor: Predictor, root: Path) -> HeldOut:
    """Return the official test split where it is at hand, else the groups that the bundle's training held out."""
    recipe = recipe_from(predictor.spec.provenance.recipe)
    dataset, wanted = recipe.data.dataset, ("text",)
    train = _with_text(load_dataset(dataset, root, "train", wanted))
    try:
        return HeldOut("test", train, _with_text(load_dataset(dataset, root, "test", wanted)))
    except DatasetError:
        rest, judged = hold_out(train, recipe.data.validation_fraction, recipe.seed)
        return HeldOut("validation (held-out groups; early stopping saw them)", rest, judged)


def front(
    bundles: Mapping[str, Predictor], data: HeldOut, text: str, frozen: Path | None, repetitions: int = REPETITIONS
) -> list[Point]:
    """Fit, classify and time every system; `bundles` are ours by name, `frozen` is the folder of an encoder.

    Accuracy is over `data.judged`, latency that of `text`; the systems take turns.
    """
    labels = next(head.labels for head in next(iter(bundles.values())).spec.heads if head.name == HEAD)
    fitting, judged = _texts(data.fitting), _texts(data.judged)
    truth = _classes(data.judged, labels)
    systems: dict[str, tuple[Callable[[Sequence[str]], Classes], Kind]] = {
        name: (partial(_classify, predictor), "ours") for name, predictor in bundles.items()
    }
    for name, classifier in _classifiers(labels, frozen).items():
        classifier.fit(fitting, _classes(data.fitting, labels))
        systems[name] = (classifier.classify, "measured here")
    accuracies = {name: float(np.mean(classify(judged) == truth)) for name, (classify, _) in systems.items()}
    kinds = {name: kind for name, (_, kind) in systems.items()}
    calls: dict[str, Callable[[], object]] = {
        name: partial(classify, [text]) for name, (classify, _) in systems.items()
    }
    if len(labels) == 2:
        for name, (accuracy, call) in published_transformers(text).items():
            calls[name], accuracies[name], kinds[name] = call, accuracy, "published accuracy, speed measured here"
    latencies = measure(calls, repetitions, WARM_UP)
    return [Point(one.name, accuracies[one.name], one.median, kinds[one.name]) for one in latencies]


def above_and_left(points: Sequence[Point]) -> list[Point]:
    """Return the other systems that are both more accurate and faster than one of ours."""
    ours = [point for point in points if point.kind == "ours"]
    return [
        point
        for point in points
        if point.kind != "ours"
        and any(point.accuracy > own.accuracy and point.milliseconds < own.milliseconds for own in ours)
    ]


def table(points: Sequence[Point]) -> str:
    """Return the points as a small table, the fastest first."""
    rows = [f"  {'':<40}{'accuracy':>10}{'ms a text':>12}"]
    for point in sorted(points, key=lambda point: point.milliseconds):
        note = "" if point.kind != "published accuracy, speed measured here" else "  (accuracy as published)"
        rows.append(f"  {point.name:<40}{point.accuracy:>10.4f}{point.milliseconds:>12.2f}{note}")
    return "\n".join(rows)


def plot_front(points: Sequence[Point], title: str, path: Path) -> None:
    """Draw accuracy over latency; accuracy as published has an open marker."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(8, 5), layout="constrained")
        for kind, colour in COLOURS.items():
            own = [point for point in points if point.kind == kind]
            if not own:
                continue
            face = "none" if kind.startswith("published") else colour
            places = [point.milliseconds for point in own], [point.accuracy for point in own]
            axis.scatter(*places, s=60, facecolors=face, edgecolors=colour, label=kind)
        middle = np.sqrt(min(point.milliseconds for point in points) * max(point.milliseconds for point in points))
        for point in points:
            side, shift = ("right", -7) if point.milliseconds > middle else ("left", 7)
            place = (point.milliseconds, point.accuracy)
            axis.annotate(point.name, place, xytext=(shift, 5), textcoords="offset points", fontsize=8, ha=side)
        axis.set(title=title, xlabel="milliseconds a text, one thread", ylabel="accuracy", xscale="log")
        axis.margins(x=0.2, y=0.1)
        axis.yaxis.set_major_formatter("{x:.0%}")
        axis.legend(frameon=False, loc="lower right")
        figure.savefig(path, dpi=130)
        plt.close(figure)


def _classifiers(labels: Sequence[str], frozen: Path | None) -> dict[str, Classifier]:
    classifiers: dict[str, Classifier] = {
        "TF-IDF + logistic regression": TfidfLinear(),
        "naive-Bayes-weighted 1- to 3-grams": NaiveBayesLinear(),
        "VADER": Vader(labels),
    }
    if find_spec("fasttext"):
        classifiers["fastText"] = FastText()
    if frozen:
        classifiers["frozen encoder + logistic regression"] = FrozenVectors(frozen)
    return classifiers


def _classify(predictor: Predictor, texts: Sequence[str]) -> Classes:
    chunks = [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]
    logits = [predictor.logits([Item(text=text) for text in chunk])[HEAD] for chunk in chunks]
    return np.asarray(np.concatenate(logits).argmax(axis=1), np.int64)


def _with_text(examples: Sequence[Example]) -> list[Example]:
    return [example for example in examples if (example.item.text or "").strip() and HEAD in example.labels]


def _texts(examples: Sequence[Example]) -> list[str]:
    return [example.item.text or "" for example in examples]


def _classes(examples: Sequence[Example], labels: Sequence[str]) -> Classes:
    return np.array([labels.index(example.labels[HEAD]) for example in examples], np.int64)
