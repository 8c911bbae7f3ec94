"""Recipes that are trained before another one: teachers, and what it starts from."""

from pathlib import Path

from training.errors import CheckpointError, RecipeError
from training.fitting.checkpoint import load_checkpoint
from training.fitting.loop import BEST
from training.recipe import Recipe, changed_recipe, load_recipe, recipe_from, recipe_values

STAGES = "stages"
"""Folder of a run that holds its stages' runs, each under its name."""
REFERENCE = "stage:"
FINISHED = "history.json"
"""The last that a run writes."""


def stage_recipes(recipe: Recipe, folder: Path) -> dict[str, Recipe]:
    """Return the recipe of each stage by name, in order; RecipeError where one is not sound or refers to a later one.

    `folder` is that of the run that the stages belong to.
    """
    stages: dict[str, Recipe] = {}
    for stage in recipe.stages:
        if stage.name in stages:
            raise RecipeError(f"Two stages of {recipe.name} are named {stage.name!r}; give one another name.")
        own = changed_recipe(load_recipe(Path(stage.recipe)), stage.changes)
        stages[stage.name] = with_references(own, folder, list(stages))
    unknown = [name for name in recipe.data.teachers if name not in stages]
    if unknown:
        raise RecipeError(f"data.teachers names {unknown[0]!r}, which is no stage; stages: {', '.join(stages) or '-'}.")
    return stages


def with_references(recipe: Recipe, folder: Path, stages: list[str]) -> Recipe:
    """Return the recipe with each `stage:NAME` that an encoder starts from replaced by that stage's checkpoint."""
    values = recipe_values(recipe)
    for encoder in values["encoders"].values():
        for key in ("start_from", "word_vectors_from"):
            start = encoder.get(key)
            if start is not None and start.startswith(REFERENCE):
                encoder[key] = str(stage_folder(folder, _known(start.removeprefix(REFERENCE), stages)) / BEST)
    return recipe_from(values)


def stage_folder(folder: Path, name: str) -> Path:
    """Return where the stage `name` of the run in `folder` is trained."""
    return folder / STAGES / name


def is_finished(folder: Path, recipe: Recipe, fingerprint: str) -> bool:
    """Whether the run in `folder` has come to its end, with this recipe and these data."""
    if not (folder / FINISHED).exists():
        return False
    try:
        description, _ = load_checkpoint(folder / BEST)
    except CheckpointError:
        return False
    return (description.recipe, description.fingerprint) == (recipe, fingerprint)


def _known(name: str, stages: list[str]) -> str:
    if name not in stages:
        raise RecipeError(f"{REFERENCE}{name}: there is no stage {name!r} before; stages: {', '.join(stages) or '-'}.")
    return name
