"""Random changes to faces that leave their expression alone, for training only."""

import math
from typing import Annotated

import torch
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from torch import Tensor
from torch.nn import functional

Share = Annotated[float, Field(ge=0, lt=1)]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class FaceChanges:
    """How far a face may be changed each time it is seen. Every second one is mirrored."""

    degrees: Annotated[float, Field(ge=0)] = 15.0
    """Turned by up to so many."""
    scale: Share = 0.15
    """Natural logarithm of the largest change of size."""
    aspect: Share = 0.08
    """The same of width to height."""
    shift: Share = 0.12
    """Moved by up to this share of half the side."""
    brightness: Share = 0.15
    contrast: Share = 0.3
    gamma: Share = 0.25
    blurred: Share = 0.2
    """Chance to be seen at half the resolution."""
    covered: Share = 0.3
    """Chance of a grey square on it, of 15 to 40 % of the side."""


def change_faces(faces: Tensor, changes: FaceChanges) -> Tensor:
    """Return `faces` float32 [N, 1, side, side] from 0 to 255, each changed in its own way."""
    moved = _moved(faces, changes)
    lit = _lit(moved, changes)
    small = functional.interpolate(lit, scale_factor=0.5, mode="bilinear", antialias=True)
    blurred = functional.interpolate(small, size=lit.shape[2:], mode="bilinear")
    return _covered(torch.where(_happens(faces, changes.blurred), blurred, lit), changes.covered)


def _moved(faces: Tensor, changes: FaceChanges) -> Tensor:
    angle = _within(faces, changes.degrees) * math.pi / 180
    scale, aspect = torch.exp(_within(faces, changes.scale)), torch.exp(_within(faces, changes.aspect))
    mirror = 1 - 2 * (torch.rand(len(faces), device=faces.device) < 0.5).float()
    across, down = _within(faces, changes.shift), _within(faces, changes.shift)
    rows = [
        torch.stack([scale * angle.cos() * mirror * aspect, -scale * angle.sin(), across], dim=1),
        torch.stack([scale * angle.sin() * mirror, scale * angle.cos() / aspect, down], dim=1),
    ]
    grid = functional.affine_grid(torch.stack(rows, dim=1), list(faces.shape), align_corners=False)
    return functional.grid_sample(faces, grid, padding_mode="border", align_corners=False)


def _lit(faces: Tensor, changes: FaceChanges) -> Tensor:
    mean = faces.mean(dim=(1, 2, 3), keepdim=True)
    contrast = torch.exp(_of_each(_within(faces, changes.contrast)))
    bright = (faces - mean) * contrast + mean + 255 * _of_each(_within(faces, changes.brightness))
    return 255 * (bright.clamp(0, 255) / 255 + 1e-4) ** torch.exp(_of_each(_within(faces, changes.gamma)))


def _covered(faces: Tensor, chance: float) -> Tensor:
    side = faces.shape[2]
    size = (side * (0.275 + _within(faces, 0.125))).long()
    rows, columns = (_span(side, size) for _ in range(2))
    square = (rows[:, :, None] & columns[:, None, :])[:, None] & _happens(faces, chance)
    return faces.masked_fill(square, 127.5)


def _span(side: int, size: Tensor) -> Tensor:
    start = (torch.rand(len(size), device=size.device) * (side - size)).long()
    at = torch.arange(side, device=size.device)[None]
    return (at >= start[:, None]) & (at < (start + size)[:, None])


def _within(faces: Tensor, limit: float) -> Tensor:
    return limit * (2 * torch.rand(len(faces), device=faces.device) - 1)


def _of_each(values: Tensor) -> Tensor:
    return values[:, None, None, None]


def _happens(faces: Tensor, chance: float) -> Tensor:
    return _of_each(torch.rand(len(faces), device=faces.device) < chance)
