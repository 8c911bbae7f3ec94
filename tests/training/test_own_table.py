"""Training and measuring on one's own table, from a recipe alone."""

import json
from pathlib import Path

import pytest
import yaml

from tests.training.tiny import tiny_posts_recipe
from training.__main__ import main
from training.errors import RecipeError
from training.fitting.assembly import load_model
from training.fitting.loop import BEST
from training.recipe import Recipe, recipe_values

WORDS = {"positive": "lovely", "negative": "awful"}


def write_recipe(root: Path, head: str, labels: dict[str, str]) -> Path:
    rows = [f"A {WORDS[of]} day {number},{labels[of]},c{number}" for number in range(24) for of in WORDS]
    (root / "posts.csv").write_text("\n".join(["words,label,customer", *rows]), encoding="utf-8")
    values = recipe_values(own_recipe(head))
    (root / "mine.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    return root / "mine.yaml"


def own_recipe(head: str) -> Recipe:
    table = f"{{path: posts.csv, text: words, labels: {{{head}: label}}, group: customer}}"
    return tiny_posts_recipe(
        "posts_text",
        "name=mine",
        "data.dataset=table",
        "data.beside=[]",
        "data.validation_beside=[]",
        f"data.table={table}",
        f"heads=[{head}]",
        "optimisation.epochs=1",
    )


def test_a_table_of_any_labels_can_be_learned_from(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path, "mood", {"positive": "glad", "negative": "cross"})
    command = ["train", str(recipe), "--data-root", str(tmp_path), "--output", str(tmp_path / "run"), "--device", "cpu"]
    assert main(command) == 0
    description, _ = load_model(tmp_path / "run" / BEST)
    assert description.labels == {"mood": ("cross", "glad")}
    assert description.recipe.data.table == own_recipe("mood").data.table


def test_a_head_that_the_table_has_not_is_told(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path, "mood", {"positive": "glad", "negative": "cross"})
    command = ["train", str(recipe), "--data-root", str(tmp_path), "--output", str(tmp_path / "run"), "--device", "cpu"]
    assert main([*command, "--set", "heads=[tone]"]) == 2


def test_one_label_is_warned_of_and_trained_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = write_recipe(tmp_path, "mood", dict.fromkeys(WORDS, "glad"))
    command = ["train", str(recipe), "--data-root", str(tmp_path), "--output", str(tmp_path / "run"), "--device", "cpu"]
    assert main(command) == 0
    assert "Warning: every labelled example is 'glad' for 'mood'" in capsys.readouterr().err


def test_a_bundle_is_measured_on_a_table_with_a_recipe(tmp_path: Path, tiny_bundle: Path) -> None:
    recipe = write_recipe(tmp_path, "sentiment", {of: of for of in WORDS})
    output = tmp_path / "figures.json"
    command = ["evaluate", "--bundle", str(tiny_bundle), "--dataset", "table", "--data-root", str(tmp_path)]
    assert main([*command, "--split", "all", "--recipe", str(recipe), "--json", str(output)]) == 0
    assert json.loads(output.read_text(encoding="utf-8"))["heads"]["sentiment"]["n"] == 48
    assert main([*command, "--split", "all"]) == 2


def test_a_column_of_a_wrong_kind_is_a_fault_of_the_recipe() -> None:
    with pytest.raises(RecipeError, match=r"table\.colour"):
        tiny_posts_recipe("posts_text", "data.table={path: a.csv, labels: {mood: m}, colour: c}")
    with pytest.raises(RecipeError, match=r"table\.labels"):
        tiny_posts_recipe("posts_text", "data.table={path: a.csv, labels: {}}")
