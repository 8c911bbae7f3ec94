import argparse
from pathlib import Path

import pytest

from training.commands.arguments import add_data_root, add_device, add_recipe, changed, chosen_recipe
from training.encoders import LstmRecipe
from training.errors import RecipeError
from training.recipe import Recipe, load_recipe, recipe_values


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    return load_recipe(Path("reviews"))


def test_values_are_read_as_yaml_and_nothing_else_changes(recipe: Recipe) -> None:
    other = changed(recipe, ["optimisation.epochs=1", "encoders.text.tokenizer.remove_stop_words=true", "name=mine"])
    expected = recipe_values(recipe)
    expected["name"] = "mine"
    expected["optimisation"]["epochs"] = 1
    expected["encoders"]["text"]["tokenizer"]["remove_stop_words"] = True
    assert recipe_values(other) == expected


def test_a_part_may_be_left_out_or_replaced(recipe: Recipe) -> None:
    text = changed(recipe, ["encoders.text.word_vectors=null"]).encoders["text"]
    assert isinstance(text, LstmRecipe)
    assert text.word_vectors is None
    assert changed(recipe, ["modality_dropout={text: 0.5}"]).modality_dropout == {"text": 0.5}


def test_a_later_change_wins(recipe: Recipe) -> None:
    assert changed(recipe, ["seed=1", "seed=2"]).seed == 2


def test_nothing_changed_is_the_recipe(recipe: Recipe) -> None:
    assert changed(recipe, []) == recipe


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("optimisation.epoch=1", r"the recipe has no optimisation\.epoch\b"),
        ("optimizer.epochs=1", r"the recipe has no optimizer\.epochs\b"),
        ("name.first=x", r"the recipe has no name\.first\b"),
        ("epochs", r"the recipe has no epochs\b"),
        ("optimisation.epochs=many", r"optimisation\.epochs=many does not fit"),
        ("optimisation.epochs", r"optimisation\.epochs does not fit"),
        ("optimisation.epochs=[", r"optimisation\.epochs=\[ does not fit"),
    ],
)
def test_a_change_that_does_not_fit_is_named_in_one_line(recipe: Recipe, change: str, message: str) -> None:
    with pytest.raises(RecipeError, match=message) as caught:
        changed(recipe, [change])
    assert "\n" not in str(caught.value)


def parse(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(exit_on_error=False)
    for add in (add_recipe, add_data_root, add_device):
        add(parser)
    return parser.parse_args(arguments)


def test_the_recipe_of_the_arguments(recipe: Recipe) -> None:
    assert chosen_recipe(parse("reviews", "--set", "seed=7", "--set", "version=2.0.0")) == changed(
        recipe, ["seed=7", "version=2.0.0"]
    )


def test_where_the_data_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VALENCE_DATA_ROOT", raising=False)
    assert parse("reviews").data_root == Path("data")
    monkeypatch.setenv("VALENCE_DATA_ROOT", "/elsewhere")
    assert parse("reviews").data_root == Path("/elsewhere")
    assert parse("reviews", "--data-root", "here").data_root == Path("here")


def test_a_device_that_is_not_there_is_refused() -> None:
    assert parse("reviews", "--device", "cpu").device == "cpu"
    with pytest.raises(argparse.ArgumentError, match="abacus"):
        parse("reviews", "--device", "abacus")
