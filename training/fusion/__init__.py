"""Fusions: modality vectors and presence masks to the heads' logits."""

from typing import Annotated, Any, Final

from pydantic import PlainValidator

from model_bundle.registry import Registry
from training.fusion.attention import AttentionFusion, AttentionRecipe
from training.fusion.concat import ConcatFusion, ConcatRecipe
from training.fusion.fusion import Fusion, FusionRecipe
from training.fusion.late import LateFusion, LateRecipe
from training.registered import validate_registered

FUSIONS: Final = Registry[type[FusionRecipe]](
    "fusion", "valence.fusions", {"concat": ConcatRecipe, "attention": AttentionRecipe, "late": LateRecipe}
)
"""The recipe of each kind of fusion."""


def _fusion_recipe(value: Any) -> Any:
    return validate_registered(FUSIONS, value)


RegisteredFusion = Annotated[FusionRecipe, PlainValidator(_fusion_recipe)]
"""A fusion's recipe, validated as its `kind` says."""

__all__ = [
    "FUSIONS",
    "AttentionFusion",
    "AttentionRecipe",
    "ConcatFusion",
    "ConcatRecipe",
    "Fusion",
    "FusionRecipe",
    "LateFusion",
    "LateRecipe",
    "RegisteredFusion",
]
