import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from model_bundle import Item, Predictor
from tests.small_imdb import write_reviews, write_small_imdb
from tests.small_mvsa import make_posts, write_posts
from training.__main__ import main
from training.commands.evaluate import evaluate
from training.datasets import Example
from training.errors import DatasetError

PROMISED = {"n", "bundle", "dataset", "split", "modalities", "heads"}
PROMISED_OF_A_HEAD = {
    "accuracy",
    "precision",
    "recall",
    "macro_f1",
    "weighted_f1",
    "per_class",
    "roc_auc",
    "ece",
    "majority_accuracy",
    "confusion",
}
EXAMPLES = [
    Example("0", Item("A good film.", ("Drama",), 1990), {"sentiment": "positive"}, "0"),
    Example("1", Item("A bad film.", ("Horror",), 1990), {"sentiment": "negative"}, "1"),
    Example("2", Item("An awful film."), {"sentiment": "negative"}, "2"),
]


@pytest.fixture(scope="module")
def test_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with nothing but the test part and MovieLens."""
    return write_small_imdb(tmp_path_factory.mktemp("test_root"), parts=["test"], reviews=20)


def run(root: Path, bundle: Path, *arguments: str) -> int:
    return main(["evaluate", "--bundle", str(bundle), "--dataset", "imdb", "--data-root", str(root), *arguments])


def figures_of(path: Path) -> dict[str, Any]:
    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON")

    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    return content


def test_the_figures_have_the_promised_names(test_root: Path, tiny_bundle: Path, tmp_path: Path) -> None:
    assert run(test_root, tiny_bundle, "--json", str(tmp_path / "deep/test.json")) == 0
    figures = figures_of(tmp_path / "deep/test.json")
    assert figures.keys() == PROMISED | {"version", "command", "slices"}
    assert {name: figures[name] for name in ("n", "bundle", "dataset", "split", "modalities")} == {
        "n": 40,
        "bundle": "reviews",
        "dataset": "imdb",
        "split": "test",
        "modalities": ["text", "metadata"],
    }
    head = figures["heads"]["sentiment"]
    assert head.keys() >= PROMISED_OF_A_HEAD
    assert head["per_class"].keys() == {"negative", "positive"}
    assert head["per_class"]["positive"].keys() == {"precision", "recall", "f1", "support"}
    assert [sum(row) for row in head["confusion"]] == [20, 20]
    assert head["majority_accuracy"] == 0.5


def test_a_report_is_written_beside(
    test_root: Path, tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(test_root, tiny_bundle, "--report", str(tmp_path), "--split", "all") == 0
    assert {path.name for path in tmp_path.iterdir()} == {"report.json", "report.md", "sentiment.png"}
    assert figures_of(tmp_path / "report.json")["split"] == "all"
    assert "n = 40, modalities: text, metadata" in capsys.readouterr().out


def test_without_metadata_no_list_of_films_is_needed(tiny_bundle: Path, tmp_path: Path) -> None:
    write_reviews(tmp_path, ["test"], reviews=5)
    assert run(tmp_path, tiny_bundle, "--without", "metadata", "--json", str(tmp_path / "a.json")) == 0
    assert figures_of(tmp_path / "a.json")["modalities"] == ["text"]
    assert run(tmp_path, tiny_bundle) == 2


def test_posts_are_measured_without_their_pictures(tiny_bundle: Path, tmp_path: Path) -> None:
    posts = [replace(post, image=None if number else post.image) for number, post in enumerate(make_posts(6))]
    write_posts(tmp_path, posts)
    arguments = ["--bundle", str(tiny_bundle), "--dataset", "mvsa_binary", "--data-root", str(tmp_path)]
    figures_file = tmp_path / "figures.json"
    command = ["evaluate", *arguments, "--split", "all", "--without", "image", "--json", str(figures_file)]
    assert main(command) == 0
    figures = figures_of(figures_file)
    assert (figures["n"], figures["modalities"]) == (4, ["text", "metadata"])
    slices = figures["slices"]["sentiment"]
    assert {name: slices[name]["n"] for name in ("text only", "text and image")} == {
        "text only": 3,
        "text and image": 1,
    }


def test_without_text_only_metadata_decides(test_root: Path, tiny_bundle: Path, tmp_path: Path) -> None:
    assert run(test_root, tiny_bundle, "--without", "text", "--json", str(tmp_path / "a.json")) == 0
    assert run(test_root, tiny_bundle, "--json", str(tmp_path / "b.json")) == 0
    without, whole = figures_of(tmp_path / "a.json"), figures_of(tmp_path / "b.json")
    assert without["modalities"] == ["metadata"]
    assert without["heads"]["sentiment"]["confusion"] != whole["heads"]["sentiment"]["confusion"]


def test_nothing_left_to_evaluate_is_refused(
    test_root: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(test_root, tiny_bundle, "--without", "text", "--without", "metadata") == 2
    assert "Nothing is left of the modalities of 'reviews'" in capsys.readouterr().err


def test_unlabelled_examples_are_refused(
    data_root: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data_root, tiny_bundle, "--split", "unlabelled") == 2
    assert "None of the 60 examples has a label for 'sentiment'" in capsys.readouterr().err


def test_the_figures_are_those_of_the_predictors_answers(predictor: Predictor) -> None:
    head = evaluate(predictor, EXAMPLES)["heads"]["sentiment"]
    answers = [predictor.predict(example.item).heads["sentiment"] for example in EXAMPLES]
    right = [answer.label == example.labels["sentiment"] for answer, example in zip(answers, EXAMPLES, strict=True)]
    assert head["accuracy"] == pytest.approx(sum(right) / 3)
    confidences = sorted(answer.confidence for answer in answers)
    weighed = sum(confidence * n for confidence, _, n in head["reliability"]) / 3
    assert weighed == pytest.approx(sum(confidences) / 3)


def test_more_examples_than_a_chunk_are_all_measured(predictor: Predictor) -> None:
    assert evaluate(predictor, EXAMPLES * 400)["n"] == 1200


def test_an_unknown_label_is_refused(predictor: Predictor) -> None:
    with pytest.raises(DatasetError, match="'mixed' is not one of the model's"):
        evaluate(predictor, [Example("0", Item("good"), {"sentiment": "mixed"}, "0")])
