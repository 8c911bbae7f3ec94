import json
from pathlib import Path

import pytest
import yaml

from training.datasets import DATASETS
from training.errors import RecipeError
from training.recipe import RECIPES_FOLDER, load_recipe, recipe_from, recipe_values

SHIPPED = sorted(RECIPES_FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_recipe_is_sound(path: Path) -> None:
    recipe = load_recipe(path)
    assert recipe.name == path.stem
    assert set(recipe.heads) <= DATASETS[recipe.data.dataset].labels.keys()
    assert recipe.modality_dropout.keys() <= recipe.encoders.keys()
    assert recipe.card.limits


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_recipe_comes_back_from_its_plain_values(path: Path) -> None:
    recipe = load_recipe(path)
    assert recipe_from(json.loads(json.dumps(recipe_values(recipe)))) == recipe


def test_a_shipped_recipe_has_a_name_for_short() -> None:
    assert load_recipe(Path("reviews")) == load_recipe(RECIPES_FOLDER / "reviews.yaml")


def test_a_folder_of_the_same_name_is_not_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "reviews").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load_recipe(Path("reviews")).name == "reviews"


def test_an_unknown_name_is_told_which_there_are() -> None:
    with pytest.raises(RecipeError, match=r"no recipe tweets\. Give a YAML file or one of: .*reviews"):
        load_recipe(Path("tweets"))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("colour",), 1, "colour"),
        (("optimisation", "epoch"), 1, r"optimisation\.epoch\b"),
        (("encoders", "text", "tokenizer", "stop_words"), True, r"tokenizer\.stop_words"),
        (("encoders", "smell"), {"kind": "lstm"}, r"encoders\.smell"),
        (("encoders", "text", "kind"), "gru", "gru"),
        (("optimisation", "epochs"), 0, r"optimisation\.epochs"),
        (("optimisation", "schedule"), "linear", r"optimisation\.schedule"),
        (("modality_dropout", "text"), 1.5, r"modality_dropout\.text"),
    ],
)
def test_what_does_not_fit_is_named_in_one_line(
    tmp_path: Path, path: tuple[str, ...], value: object, message: str
) -> None:
    values = recipe_values(load_recipe(Path("reviews")))
    at = values
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump(values), encoding="utf-8")
    with pytest.raises(RecipeError, match=message) as caught:
        load_recipe(file)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"name: [", b"- 1\n", b"", b"name: caf\xe9\n"])
def test_what_is_no_recipe_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes(content)
    with pytest.raises(RecipeError, match=r"mine\.yaml is not a valid recipe") as caught:
        load_recipe(file)
    assert "\n" not in str(caught.value)
