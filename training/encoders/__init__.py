"""Encoders: each turns one modality into one vector of D numbers."""

from typing import Annotated, Any, Final

from pydantic import PlainValidator

from model_bundle.registry import Registry
from training.encoders.bert import BertEncoder, BertRecipe
from training.encoders.encoder import Encoder, EncoderRecipe
from training.encoders.face import FaceEncoder, FaceRecipe
from training.encoders.image import ImageEncoder, ImageRecipe
from training.encoders.lstm import LstmEncoder, LstmRecipe
from training.encoders.mel_cnn import MelCnnEncoder, MelCnnRecipe
from training.encoders.metadata import MetadataEncoder, MetadataRecipe
from training.encoders.r3d18 import R3d18Encoder, R3d18Recipe
from training.encoders.voice import VoiceEncoder, VoiceRecipe
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
        "mel_cnn": MelCnnRecipe,
        "voice": VoiceRecipe,
        "r3d18": R3d18Recipe,
        "face": FaceRecipe,
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
    "FaceEncoder",
    "FaceRecipe",
    "ImageEncoder",
    "ImageRecipe",
    "LstmEncoder",
    "LstmRecipe",
    "MelCnnEncoder",
    "MelCnnRecipe",
    "MetadataEncoder",
    "MetadataRecipe",
    "R3d18Encoder",
    "R3d18Recipe",
    "RegisteredEncoder",
    "VoiceEncoder",
    "VoiceRecipe",
]
