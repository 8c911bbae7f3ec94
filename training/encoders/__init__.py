"""Encoders: each turns one modality into one vector of D numbers."""

from typing import Annotated

from pydantic import Field

from training.encoders.bert import BertEncoder, BertRecipe
from training.encoders.image import ImageEncoder, ImageRecipe
from training.encoders.lstm import LstmEncoder, LstmRecipe
from training.encoders.metadata import MetadataEncoder, MetadataRecipe

EncoderRecipe = Annotated[LstmRecipe | BertRecipe | MetadataRecipe | ImageRecipe, Field(discriminator="kind")]

__all__ = [
    "BertEncoder",
    "BertRecipe",
    "EncoderRecipe",
    "ImageEncoder",
    "ImageRecipe",
    "LstmEncoder",
    "LstmRecipe",
    "MetadataEncoder",
    "MetadataRecipe",
]
