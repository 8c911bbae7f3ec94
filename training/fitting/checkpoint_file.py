"""The file that a checkpoint is."""

from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch

from training.errors import CheckpointError

FORMAT = 1
DAMAGE = (OSError, RuntimeError, EOFError, AttributeError, KeyError, TypeError, ValueError, UnpicklingError)
"""What reading something that is no checkpoint raises."""


def write_checkpoint(path: Path, content: Mapping[str, Any]) -> None:
    """Write a checkpoint's content; the old file stays until the new one is whole."""
    partial = path.with_suffix(".partial")
    torch.save({"format": FORMAT, **content}, partial)
    partial.replace(path)


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Read what `write_checkpoint` wrote; CheckpointError says what is wrong with it."""
    try:
        content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        version = content.pop("format")
    except FileNotFoundError:
        raise CheckpointError(f"There is no checkpoint {path}. `python -m training train` writes one.") from None
    except DAMAGE as error:
        raise CheckpointError(f"{path} is damaged or no checkpoint ({error}).") from error
    if version != FORMAT:
        raise CheckpointError(f"{path} was written by another version of this project; train it again.")
    return content
