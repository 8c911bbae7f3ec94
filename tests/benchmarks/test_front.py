from pathlib import Path

import pytest
from PIL import Image

from benchmarks.front import HeldOut, Point, above_and_left, front, plot_front, table
from model_bundle import Item, Predictor
from training.datasets import Example


def point(name: str, accuracy: float, milliseconds: float, ours: bool = False) -> Point:
    return Point(name, accuracy, milliseconds, "ours" if ours else "measured here")


def examples(*texts: tuple[str, str]) -> list[Example]:
    return [Example(str(at), Item(text), {"sentiment": label}, str(at)) for at, (text, label) in enumerate(texts)]


def test_only_a_system_that_is_faster_and_better_lies_above_and_left() -> None:
    ours = [point("ours", 0.9, 1.0, ours=True), point("ours, float32", 0.91, 2.0, ours=True)]
    slower, worse = point("slower", 0.95, 3.0), point("worse", 0.8, 0.1)
    both = point("both", 0.905, 0.5)
    assert above_and_left([*ours, slower, worse]) == []
    assert above_and_left([*ours, slower, both, worse]) == [both]
    assert above_and_left([ours[1], point("both, of one of ours", 0.92, 1.5)])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_system_is_measured_on_the_same_texts(predictor: Predictor, tmp_path: Path) -> None:
    known = examples(("A good film.", "positive"), ("A bad film.", "negative")) * 10
    judged = examples(("It was good.", "positive"), ("It was bad.", "negative"), ("So very bad.", "positive"))
    points = front({"Valence": predictor}, HeldOut("test", known, judged), "A good film.", None, repetitions=2)
    by_name = {one.name: one for one in points}
    for name in ("Valence", "TF-IDF + logistic regression", "naive-Bayes-weighted 1- to 3-grams", "VADER"):
        assert by_name[name].accuracy == pytest.approx(2 / 3), name
        assert by_name[name].milliseconds > 0
    assert by_name["BERT-base"].kind.startswith("published")
    assert by_name["BERT-base"].milliseconds > by_name["DistilBERT"].milliseconds > by_name["Valence"].milliseconds
    plot_front(points, "Texts", tmp_path / "plots" / "front.png")
    with Image.open(tmp_path / "plots" / "front.png") as picture:
        assert picture.width > 500
    assert table(points).splitlines()[-1].startswith("  BERT-base")
    assert "(accuracy as published)" in table(points)
