"""Checkpoints: a model's weights with everything that rebuilds it, and what resuming needs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch

from training.encoders.encoder import Learned
from training.errors import CheckpointError
from training.recipe import Recipe, recipe_from, recipe_values

FORMAT = 1
DAMAGE = (OSError, RuntimeError, EOFError, AttributeError, KeyError, TypeError, ValueError, UnpicklingError)
"""What reading something that is no checkpoint raises."""


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

    def with_temperatures(self, temperatures: Mapping[str, float]) -> "ModelDescription":
        """Return this description with fitted temperatures."""
        return replace(self, temperatures=temperatures)


def save_checkpoint(path: Path, description: ModelDescription, state: Mapping[str, Any]) -> None:
    """Write a checkpoint; the old one stays until the new one is whole."""
    values = asdict(description) | {"recipe": recipe_values(description.recipe)}
    partial = path.with_suffix(".partial")
    torch.save({"format": FORMAT, "description": values, **state}, partial)
    partial.replace(path)


def load_checkpoint(path: Path) -> tuple[ModelDescription, dict[str, Any]]:
    """Read a checkpoint; CheckpointError says what is wrong with it."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        if content.pop("format") != FORMAT:
            raise CheckpointError(f"{path} was written by another version of this project; train it again.")
        values = content.pop("description")
        return ModelDescription(**values | {"recipe": recipe_from(values["recipe"])}), content
    except FileNotFoundError:
        raise CheckpointError(f"There is no checkpoint {path}. `python -m training train` writes one.") from None
    except DAMAGE as error:
        raise CheckpointError(f"{path} is damaged or no checkpoint ({error}).") from error
