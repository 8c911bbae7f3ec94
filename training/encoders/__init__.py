"""Encoders: each turns one modality into one vector of D numbers."""

from typing import Annotated

from pydantic import Field

from training.encoders.lstm import LstmEncoder, LstmRecipe
from training.encoders.metadata import MetadataEncoder, MetadataRecipe

EncoderRecipe = Annotated[LstmRecipe | MetadataRecipe, Field(discriminator="kind")]

__all__ = ["EncoderRecipe", "LstmEncoder", "LstmRecipe", "MetadataEncoder", "MetadataRecipe"]
