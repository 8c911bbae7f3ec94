"""Recipes: everything that decides how a model is made, as YAML over the dataclasses here.

recipe = load_recipe(Path("training/recipes/reviews.yaml"))
"""

from dataclasses import field
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from training.datasets.table_recipe import TableRecipe
from training.encoders import RegisteredEncoder
from training.errors import RecipeError, in_one_line
from training.fitting.optimisation import OptimisationRecipe
from training.fusion import ConcatRecipe, RegisteredFusion

RECIPES_FOLDER = Path(__file__).parent / "recipes"

Fraction = Annotated[float, Field(ge=0, lt=1)]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class DataRecipe:
    """What is learned from, and how it is divided."""

    dataset: str
    """A name in `training.datasets.DATASETS`."""
    table: TableRecipe | None = None
    """Where the data set is `table`: which file, and what its columns mean."""
    validation_fraction: Annotated[float, Field(gt=0, le=0.5)] = 0.1
    """Share of the training split, by whole groups, that early stopping and calibration use."""
    use_unlabelled: bool = False
    """Read the data set's unlabelled examples too, for word vectors."""


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class CardRecipe:
    """What the model card says that can't be measured."""

    description: str
    intended_use: str
    limits: tuple[str, ...] = ()
    attributions: tuple[str, ...] = ()
    """Whose weights it started from, with their licence."""


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Recipe:
    """One model, from data to heads."""

    name: str
    """Name of the model, and of its bundle."""
    version: str
    data: DataRecipe
    encoders: dict[str, RegisteredEncoder]
    """One encoder by modality; their order is that of the fusion's modality axis."""
    heads: tuple[str, ...]
    """Heads to train; their labels are the data set's."""
    card: CardRecipe
    embedding_dimension: Annotated[int, Field(gt=0)] = 128
    """D: the width of every encoder's output."""
    text_min_words: Annotated[int, Field(ge=0)] = 0
    """From this length on, a text that comes alone is this model's rather than another's that reads text too."""
    modality_dropout: dict[str, Fraction] = field(default_factory=dict)
    """Chance by modality to be left out of a training item; one modality always stays."""
    fusion: RegisteredFusion = field(default_factory=ConcatRecipe)
    optimisation: OptimisationRecipe = field(default_factory=OptimisationRecipe)
    seed: int = 0


_ADAPTER = TypeAdapter(Recipe)


def load_recipe(source: Path) -> Recipe:
    """Load a recipe from a file, or by the name of a shipped one; RecipeError says what is wrong."""
    path = source if source.is_file() else RECIPES_FOLDER / f"{source.name.removesuffix('.yaml')}.yaml"
    try:
        return recipe_from(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        shipped = ", ".join(sorted(recipe.stem for recipe in RECIPES_FOLDER.glob("*.yaml")))
        raise RecipeError(f"There is no recipe {source}. Give a YAML file or one of: {shipped}.") from None
    except (yaml.YAMLError, UnicodeDecodeError, ValidationError) as error:
        raise RecipeError(f"{path} is not a valid recipe: {in_one_line(error)}.") from error


def recipe_from(values: Any) -> Recipe:
    """Build a recipe from plain values; ValidationError where they don't fit."""
    return _ADAPTER.validate_python(values)


def recipe_values(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as plain JSON values, from which `recipe_from` builds an equal one."""
    values: dict[str, Any] = _ADAPTER.dump_python(recipe, mode="json")
    return values
