from pathlib import Path

import pytest

from tests.training.tiny import CPU, TINY_TEACHER, tiny_recipe
from training.commands.train import train
from training.datasets.example import read_examples
from training.errors import RecipeError
from training.fitting.checkpoint import load_checkpoint
from training.recipe import Recipe, changed_recipe
from training.stages import stage_recipes

STAGES = [
    {"name": name, "recipe": "reviews_teacher", "changes": TINY_TEACHER | {"seed": seed}}
    for name, seed in (("one", 1), ("two", 2))
]


def staged_recipe(**changes: object) -> Recipe:
    values = {"stages": STAGES, "data.teachers": ["one", "two"], "data.validation_seed": 0, "optimisation.epochs": 1}
    return changed_recipe(tiny_recipe("data.use_unlabelled=true"), values | changes)


@pytest.fixture(scope="module")
def staged_run(data_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "reviews"
    train(staged_recipe(), data_root, folder, CPU, resume=False)
    return folder


def test_stages_are_trained_in_folders_of_their_own(staged_run: Path) -> None:
    for name, seed in (("one", 1), ("two", 2)):
        description, _ = load_checkpoint(staged_run / "stages" / name / "best.pt")
        assert (description.recipe.name, description.recipe.seed) == ("reviews_teacher", seed)
    assert (staged_run / "history.json").exists()


def test_stages_hold_out_the_same_films(staged_run: Path) -> None:
    folders = [staged_run, staged_run / "stages" / "one", staged_run / "stages" / "two"]
    held_out = [[example.identifier for example in read_examples(folder / "validation.jsonl")] for folder in folders]
    assert held_out[0] == held_out[1] == held_out[2]


def test_the_model_says_what_its_teachers_learned_from(staged_run: Path) -> None:
    description, _ = load_checkpoint(staged_run / "best.pt")
    assert {ancestor.dataset for ancestor in description.ancestors} == {"imdb", "imdb_statements"}


def test_a_finished_stage_is_not_trained_again(
    staged_run: Path, data_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = staged_run / "stages" / "one" / "best.pt"
    before = checkpoint.stat().st_mtime_ns
    answers = {path: path.stat().st_mtime_ns for path in staged_run.rglob("answers/*/*.npz")}
    train(staged_recipe(), data_root, staged_run, CPU, resume=True)
    assert checkpoint.stat().st_mtime_ns == before
    assert capsys.readouterr().out.count("is taken as it is") == 2
    assert answers
    assert {path: path.stat().st_mtime_ns for path in staged_run.rglob("answers/*/*.npz")} == answers


def test_a_stage_may_start_from_an_earlier_one(tmp_path: Path) -> None:
    later = {"name": "later", "recipe": "reviews_teacher", "changes": {"encoders.text.start_from": "stage:one"}}
    stages = stage_recipes(staged_recipe(stages=[STAGES[0], later], **{"data.teachers": []}), tmp_path)
    assert stages["later"].encoders["text"].start_from == str(tmp_path / "stages" / "one" / "best.pt")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"data.teachers": ["three"]}, r"names 'three', which is no stage; stages: one, two"),
        ({"stages": [STAGES[0], STAGES[0]], "data.teachers": []}, r"Two stages of reviews are named 'one'"),
        (
            {"stages": [STAGES[1] | {"changes": {"encoders.text.start_from": "stage:one"}}], "data.teachers": []},
            r"no stage 'one' before",
        ),
        ({"stages": [{"name": "a", "recipe": "none"}], "data.teachers": []}, r"no recipe none"),
        ({"stages": [STAGES[0] | {"changes": {"seeds": 1}}], "data.teachers": []}, r"seeds=1: the recipe has no seeds"),
    ],
)
def test_a_stage_that_is_not_sound_is_told(changes: dict[str, object], message: str, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=message):
        stage_recipes(staged_recipe(**changes), tmp_path)
