"""An encoder that an earlier run of this project trained, as the start of a new one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from training.encoders.encoder import Encoder, Learned
from training.errors import RecipeError
from training.fitting.checkpoint_file import read_checkpoint

OWN = ("projection.", "standardisation.")
"""Parts of an encoder that may have another width."""


@dataclass(frozen=True)
class Ancestor:
    """What an earlier run learned from."""

    dataset: str
    fingerprint: str
    """sha256 of its examples."""
    command: str


def ancestors_of(checkpoint: str) -> tuple[Ancestor, ...]:
    """Return what a run learned from, and what the run that it started from did; CheckpointError if it is not there."""
    description = read_checkpoint(Path(checkpoint))["description"]
    own = Ancestor(description["recipe"]["data"]["dataset"], description["fingerprint"], description["command"])
    return (own, *(Ancestor(**values) for values in description.get("ancestors", ())))


def trained_preprocessing(checkpoint: str, modality: str) -> Learned:
    """Return what the preprocessing of a run's encoder learned; CheckpointError or RecipeError where there is none."""
    learned: Learned = _part(checkpoint, read_checkpoint(Path(checkpoint))["description"]["learned"], modality)
    return learned


def load_trained_weights(checkpoint: str, modality: str, encoder: Encoder) -> None:
    """Copy a run's encoder into `encoder`; what makes its vector of the features too, where it has the same width.

    RecipeError where the two are not built alike.
    """
    prefix = f"encoders.{modality}."
    state: dict[str, Tensor] = read_checkpoint(Path(checkpoint))["model"]
    weights = {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}
    own = encoder.state_dict()
    if weights.keys() != own.keys():
        raise RecipeError(f"The {modality} encoder of {checkpoint} is built otherwise than the recipe's.")
    fitting = {name: value for name, value in weights.items() if value.shape == own[name].shape}
    others = [name for name in weights.keys() - fitting.keys() if not name.startswith(OWN)]
    if others:
        raise RecipeError(f"The {modality} encoder of {checkpoint} has another size of {min(others)} than the recipe.")
    encoder.load_state_dict(fitting, strict=False)


def _part(checkpoint: str, by_modality: dict[str, Any], modality: str) -> Any:
    if modality not in by_modality:
        raise RecipeError(f"{checkpoint} has no {modality} encoder to start from.")
    return by_modality[modality]
