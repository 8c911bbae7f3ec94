"""Checkpoints: a model's weights with everything that rebuilds it, and what resuming needs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from training.encoders.encoder import Learned
from training.encoders.trained import Ancestor
from training.errors import CheckpointError
from training.fitting.checkpoint_file import DAMAGE, read_checkpoint, write_checkpoint
from training.recipe import Recipe, recipe_from, recipe_values


@dataclass(frozen=True)
class ModelDescription:
    """What rebuilds a model around its weights, and where it comes from."""

    recipe: Recipe
    labels: Mapping[str, tuple[str, ...]]
    """By head, in the order of the logits."""
    learned: Mapping[str, Learned]
    """What each encoder's preprocessing learned, by modality."""
    fingerprint: str
    """sha256 of the examples that it was trained on."""
    commit: str
    command: str
    temperatures: Mapping[str, float]
    """By head; fitted after training."""
    ancestors: tuple[Ancestor, ...] = ()
    """What the runs learned from that an encoder started from."""

    def with_temperatures(self, temperatures: Mapping[str, float]) -> "ModelDescription":
        """Return this description with fitted temperatures."""
        return replace(self, temperatures=temperatures)


def save_checkpoint(path: Path, description: ModelDescription, state: Mapping[str, Any]) -> None:
    """Write a checkpoint; the old one stays until the new one is whole."""
    values = asdict(description) | {"recipe": recipe_values(description.recipe)}
    write_checkpoint(path, {"description": values, **state})


def load_checkpoint(path: Path) -> tuple[ModelDescription, dict[str, Any]]:
    """Read a checkpoint; CheckpointError says what is wrong with it."""
    content = read_checkpoint(path)
    try:
        values = content.pop("description")
        ancestors = tuple(Ancestor(**ancestor) for ancestor in values.pop("ancestors", ()))
        return ModelDescription(**values | {"recipe": recipe_from(values["recipe"]), "ancestors": ancestors}), content
    except DAMAGE as error:
        raise CheckpointError(f"{path} is damaged or no checkpoint ({error}).") from error
