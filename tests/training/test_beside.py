from dataclasses import replace
from pathlib import Path

import pytest

from model_bundle import Item
from tests.training.tiny import CPU, tiny_recipe
from training.beside import Beside, load_beside
from training.datasets import Example
from training.fitting.fit import divide, fit

LABELS = {"sentiment": ("negative", "positive")}


def example(label: str | None, group: str = "a") -> Example:
    return Example("1", Item("A film."), {} if label is None else {"sentiment": label}, group)


def test_nothing_of_a_held_out_group_is_learned_from() -> None:
    beside = Beside({"other": [example("positive", "a"), example("positive", "b")]})
    assert [found.group for found in beside.learnable(LABELS, {"b"})] == ["a"]


def test_a_label_that_the_head_lacks_lies_between_those_that_it_has() -> None:
    beside = Beside({"other": [example("neutral"), example("positive"), example(None)]})
    neutral, positive, unlabelled = beside.learnable(LABELS, ())
    assert neutral.labels == {}
    assert neutral.soft_labels == {"sentiment": {"negative": 0.5, "positive": 0.5}}
    assert (positive.labels, positive.soft_labels) == ({"sentiment": "positive"}, {})
    assert (unlabelled.labels, unlabelled.soft_labels) == ({}, {})


def test_so_does_the_share_of_such_a_label() -> None:
    soft = {"sentiment": {"negative": 0.7, "neutral": 0.2, "positive": 0.1}}
    (found,) = Beside({"other": [replace(example("negative"), soft_labels=soft)]}).learnable(LABELS, ())
    assert found.labels == {"sentiment": "negative"}
    assert found.soft_labels["sentiment"] == pytest.approx({"negative": 0.8, "positive": 0.2})


def test_a_split_may_be_named(data_root: Path) -> None:
    recipe = tiny_recipe("data.beside=[imdb_passages, imdb_passages:unlabelled]")
    found = load_beside(recipe, data_root)
    labelled, unlabelled = found.examples["imdb_passages"], found.examples["imdb_passages:unlabelled"]
    assert all(passage.labels for passage in labelled)
    assert not any(passage.labels for passage in unlabelled)


def test_a_model_learns_from_what_is_beside_and_says_so(examples: list[Example], tmp_path: Path) -> None:
    recipe = tiny_recipe("optimisation.epochs=1")
    other = Example("x", Item("An unheardofword, an unheardofword."), {"sentiment": "positive"}, "elsewhere")
    fitted = fit(recipe, examples, [], tmp_path, CPU, beside=Beside({"imdb_passages": [other]}))
    assert "unheardofword" in str(fitted.description.learned["text"]["tokenizer"])
    assert [ancestor.dataset for ancestor in fitted.description.ancestors] == ["imdb_passages"]
    assert other not in fitted.validation.examples


def test_the_split_has_a_seed_of_its_own_if_the_recipe_says_so(examples: list[Example]) -> None:
    def held_out(*changes: str) -> list[str]:
        return [found.identifier for found in divide(tiny_recipe(*changes), examples)[1]]

    assert held_out("seed=1") != held_out("seed=2")
    assert held_out("seed=1", "data.validation_seed=5") == held_out("seed=2", "data.validation_seed=5")


def test_early_stopping_and_calibration_see_what_the_recipe_names(examples: list[Example], tmp_path: Path) -> None:
    recipe = tiny_recipe("optimisation.epochs=1")
    seen, learned = (
        Example(name, Item(f"{name}word, {name}word."), {"sentiment": "positive"}, "elsewhere") for name in ("a", "b")
    )
    beside = Beside({"imdb_passages": [learned]}, validation=[seen])
    fitted = fit(recipe, examples, [], tmp_path, CPU, beside=beside)
    assert fitted.validation.examples[-1] == seen
    assert not any(f"{name}word" in str(fitted.description.learned["text"]["tokenizer"]) for name in ("a", "b"))


def test_what_is_beside_is_loaded_for_validation_too(data_root: Path) -> None:
    found = load_beside(tiny_recipe("data.validation_beside=[imdb_passages]"), data_root)
    assert not found.examples
    assert (
        found.validation == load_beside(tiny_recipe("data.beside=[imdb_passages]"), data_root).examples["imdb_passages"]
    )


def test_a_fold_takes_its_groups_out_of_everything() -> None:
    beside = Beside({"other": [example("positive", "a"), example("positive", "b")]}, validation=[example(None, "a")])
    left = beside.without({"a"})
    assert [found.group for found in left.examples["other"]] == ["b"]
    assert not left.validation
