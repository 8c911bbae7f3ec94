"""A model and its readers, put together from a description."""

from collections.abc import Mapping
from pathlib import Path

from model_bundle.readers.reader import ModalityReader
from training.encoders.encoder import Encoder
from training.fitting.checkpoint import ModelDescription, load_checkpoint
from training.fitting.model import MultimodalModel


def build_readers(description: ModelDescription) -> dict[str, ModalityReader]:
    """Return the reader of each modality."""
    encoders = description.recipe.encoders
    return {name: encoder.reader(description.learned[name]) for name, encoder in encoders.items()}


def build_model(description: ModelDescription) -> MultimodalModel:
    """Return the model with its weights as a fresh model has them."""
    recipe = description.recipe
    dimension = recipe.embedding_dimension
    encoders: dict[str, Encoder] = {
        name: encoder.build(description.learned[name], dimension) for name, encoder in recipe.encoders.items()
    }
    fusion = recipe.fusion.build(len(encoders), dimension, _head_sizes(description))
    return MultimodalModel(encoders, fusion, dimension, recipe.modality_dropout)


def load_model(path: Path) -> tuple[ModelDescription, MultimodalModel]:
    """Load a trained model, ready to predict."""
    description, state = load_checkpoint(path)
    model = build_model(description)
    model.load_state_dict(state["model"])
    return description, model.eval()


def _head_sizes(description: ModelDescription) -> Mapping[str, int]:
    return {head: len(labels) for head, labels in description.labels.items()}
