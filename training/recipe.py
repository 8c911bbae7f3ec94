"""Recipes: everything that decides how a model is made, as YAML over the dataclasses here.

recipe = load_recipe(Path("training/recipes/reviews.yaml"))
"""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import ConfigDict, Field, JsonValue, TypeAdapter, ValidationError
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
    validation_seed: int | None = None
    """Decides which groups are held out; the recipe's own seed without it. Stages that share it hold out the same."""
    use_unlabelled: bool = False
    """Read the data set's unlabelled examples too, for word vectors and for what teachers say of them."""
    beside: tuple[str, ...] = ()
    """Other data sets that the training part learns from, each as NAME or NAME:SPLIT; nothing of held-out groups. A
    label that the heads lack, such as neutral, counts as equal shares of those that they have."""
    validation_beside: tuple[str, ...] = ()
    """Other data sets that early stopping and calibration see too, each as NAME or NAME:SPLIT; none of their groups is
    learned from."""
    teachers: tuple[str, ...] = ()
    """Stages whose answers, averaged, become the soft labels of everything that is learned from, the unlabelled
    examples included (knowledge distillation, Hinton et al. 2015, arXiv:1503.02531)."""
    teacher_weight: Annotated[float, Field(gt=0, le=1)] = 1.0
    """How much of a labelled example's soft label the teachers decide; the rest is its label."""


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class StageRecipe:
    """A recipe that is trained first, such as a teacher."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    """Of its folder, and for what refers to it."""
    recipe: str
    """A YAML file, or the name of a shipped recipe."""
    changes: dict[str, JsonValue] = field(default_factory=dict)
    """Values of that recipe that differ, by key, such as `seed` or `optimisation.epochs`."""


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
    unclear_below: dict[str, Annotated[float, Field(gt=0, le=1)]] = field(default_factory=dict)
    """Confidence by head under which an answer comes with a warning that it is unclear."""
    stages: tuple[StageRecipe, ...] = ()
    """What is trained before, in this order. `stage:NAME` as an encoder's `start_from` means that stage's model."""
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


def changed_recipe(recipe: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """Return the recipe with other values by key, such as `optimisation.epochs`; RecipeError where one doesn't fit."""
    values = recipe_values(recipe)
    for key, value in changes.items():
        _assign(values, key, value)
    try:
        return recipe_from(values)
    except ValidationError as error:
        given = ", ".join(_written(key, value) for key, value in changes.items())
        raise RecipeError(f"{given} does not fit the recipe: {in_one_line(error)}.") from error


def _assign(values: dict[str, Any], key: str, value: Any) -> None:
    *parents, last = key.split(".")
    for name in parents:
        values = values.get(name, {}) if isinstance(values, dict) else {}
    if not isinstance(values, dict) or last not in values:
        raise RecipeError(f"{_written(key, value)}: the recipe has no {key}.")
    values[last] = value


def _written(key: str, value: Any) -> str:
    return key if value is None else f"{key}={value}"


HARMLESS = ("card", "version", "optimisation.patience")
"""Values that may change between the two parts of a run: the weights don't depend on them."""


def is_harmless(name: str) -> bool:
    """Whether a value may differ when a run is resumed."""
    return name.startswith(HARMLESS)


def differences(first: Recipe, second: Recipe) -> list[str]:
    """Return the names, such as `optimisation.epochs`, of the values that differ."""
    one, other = _flat(recipe_values(first)), _flat(recipe_values(second))
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def _flat(values: Any, name: str = "") -> dict[str, Any]:
    if not isinstance(values, dict):
        return {name: values}
    return {key: found for part, of in values.items() for key, found in _flat(of, f"{name}.{part}".lstrip(".")).items()}
