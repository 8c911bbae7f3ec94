"""Fusions: modality vectors and presence masks to the heads' logits."""

from typing import Annotated

from pydantic import Field

from training.fusion.attention import AttentionFusion, AttentionRecipe
from training.fusion.concat import ConcatFusion, ConcatRecipe
from training.fusion.fusion import Fusion

FusionRecipe = Annotated[ConcatRecipe | AttentionRecipe, Field(discriminator="kind")]

__all__ = ["AttentionFusion", "AttentionRecipe", "ConcatFusion", "ConcatRecipe", "Fusion", "FusionRecipe"]
