"""Random changes to images that leave their meaning alone, for training only."""

from typing import Annotated

import torch
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from torch import Tensor
from torch.nn import functional

Share = Annotated[float, Field(ge=0, lt=1)]

LUMINANCE = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in brightness (ITU-R BT.601)."""


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class AugmentationRecipe:
    """How far an image may be changed each time it is seen."""

    smallest_crop: Annotated[float, Field(gt=0, le=1)] = 0.7
    """Least share of each side that a random crop keeps, before it is enlarged again."""
    flip: bool = True
    """Mirror every second image."""
    colour: Share = 0.2
    """Brightness, contrast and saturation change by up to this share."""


def augment(pictures: Tensor, recipe: AugmentationRecipe) -> Tensor:
    """Return `pictures` float32 [B, 3, height, width] from 0 to 1, each changed in its own way."""
    return _recoloured(_cropped(pictures, recipe), recipe.colour).clamp(0, 1)


def _cropped(pictures: Tensor, recipe: AugmentationRecipe) -> Tensor:
    count = len(pictures)
    scale = _uniform(count, recipe.smallest_crop, 1.0, pictures)
    shift = _uniform(2 * count, -1.0, 1.0, pictures).reshape(count, 2) * (1 - scale)[:, None]
    mirror = 1 - 2 * (torch.rand(count, device=pictures.device) < 0.5 * recipe.flip).float()
    zero = torch.zeros_like(scale)
    rows = [torch.stack([scale * mirror, zero, shift[:, 0]], dim=1), torch.stack([zero, scale, shift[:, 1]], dim=1)]
    grid = functional.affine_grid(torch.stack(rows, dim=1), list(pictures.shape), align_corners=False)
    return functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)


def _recoloured(pictures: Tensor, strength: float) -> Tensor:
    brightness, contrast, saturation = (
        _uniform(len(pictures), 1 - strength, 1 + strength, pictures)[:, None, None, None] for _ in range(3)
    )
    bright = pictures * brightness
    mean = bright.mean(dim=(1, 2, 3), keepdim=True)
    contrasted = mean + (bright - mean) * contrast
    weights = torch.tensor(LUMINANCE, device=pictures.device)[:, None, None]
    grey = (contrasted * weights).sum(dim=1, keepdim=True)
    return grey + (contrasted - grey) * saturation


def _uniform(count: int, low: float, high: float, like: Tensor) -> Tensor:
    return low + (high - low) * torch.rand(count, device=like.device)
