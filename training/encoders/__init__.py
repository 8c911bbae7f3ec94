"""Encoders: each turns one modality into one vector of D numbers."""

from typing import Annotated, Any, Final

from pydantic import PlainValidator

from model_bundle.registry import Registry
from training.encoders.bert import BertEncoder, BertRecipe
from training.encoders.encoder import Encoder, EncoderRecipe
from training.encoders.image import ImageEncoder, ImageRecipe
from training.encoders.lstm import LstmEncoder, LstmRecipe
from training.encoders.metadata import MetadataEncoder, MetadataRecipe
from training.registered import validate_registered

ENCODERS: Final = Registry[type[EncoderRecipe]](
    "encoder",
    "valence.encoders",
    {
        "lstm": LstmRecipe,
        "bert": BertRecipe,
        "metadata": MetadataRecipe,
        "mobilenet_v2": ImageRecipe,
        "resnet": ImageRecipe,
    },
)
"""The recipe of each kind of encoder. It builds the module, the reader and the bundle's description."""


def _encoder_recipe(value: Any) -> Any:
    return validate_registered(ENCODERS, value)


RegisteredEncoder = Annotated[EncoderRecipe, PlainValidator(_encoder_recipe)]
"""An encoder's recipe, validated as its `kind` says."""

__all__ = [
    "ENCODERS",
    "BertEncoder",
    "BertRecipe",
    "Encoder",
    "EncoderRecipe",
    "ImageEncoder",
    "ImageRecipe",
    "LstmEncoder",
    "LstmRecipe",
    "MetadataEncoder",
    "MetadataRecipe",
    "RegisteredEncoder",
]
