"""A shipped recipe made so small that it trains in a second, and what is often made from it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import torch

from training.commands.arguments import changed
from training.datasets import Example
from training.fitting.assembly import build_model, build_readers
from training.fitting.batches import FeatureSet
from training.fitting.checkpoint import ModelDescription
from training.fitting.fit import describe
from training.fitting.loop import Trainer
from training.fitting.material import Material
from training.fitting.random_state import seed_everything
from training.recipe import Recipe, load_recipe

TINY: Final = (
    "stages=[]",
    "data.teachers=[]",
    "data.beside=[]",
    "data.validation_seed=null",
    "data.use_unlabelled=false",
    "data.validation_fraction=0.25",
    "encoders.text.clean_text=false",
    "encoders.text.ngrams=null",
    "encoders.text.word_vectors_from=null",
    "encoders.text.tokenizer.minimum_count=2",
    "encoders.text.word_dimension=16",
    "encoders.text.convolution_channels=16",
    "encoders.text.pooling=2",
    "encoders.text.hidden=8",
    "encoders.text.channel_dropout=0.1",
    "encoders.text.pooled_dropout=0.1",
    "encoders.text.tokenizer.max_tokens=40",
    "encoders.text.tokenizer.head_tokens=30",
    "encoders.metadata.hidden=8",
    "encoders.metadata.minimum_genre_count=1",
    "embedding_dimension=16",
    "fusion.hidden=16",
    "fusion.dropout=0.1",
    "fusion.batch_normalisation=true",
    "fusion.linear_path=false",
    "optimisation.monitor=macro_f1",
    "optimisation.weight_average=0",
    "optimisation.warmup=0.1",
    "optimisation.label_smoothing=0.05",
    "optimisation.epochs=5",
    "optimisation.patience=5",
    "optimisation.batch_size=8",
    "optimisation.learning_rate_factors={}",
    "optimisation.learning_rate=0.02",
    "optimisation.gradient_clip=5",
)
_TINY_BERT: Final = (
    "encoders.text.checkpoint=null",
    "encoders.text.start_from=null",
    "encoders.text.pooled_layers=null",
    "encoders.text.architecture={hidden_size: 16, num_hidden_layers: 2, num_attention_heads: 2, "
    "intermediate_size: 32, max_position_embeddings: 64}",
    "encoders.text.vocabulary_size=300",
    "encoders.text.max_tokens=32",
    "encoders.text.head_tokens=24",
    "encoders.text.trainable=all",
    "encoders.text.dropout=0.1",
)
_TINY_LSTM: Final = tuple(change for change in TINY if change.startswith("encoders.text"))
_TINY_IMAGE: Final = (
    "encoders.image.checkpoint=null",
    "encoders.image.size=32",
    "encoders.image.shorter_side=36",
    "encoders.image.frozen_batch_norms=false",
    "encoders.image.dropout=0.1",
)
_TINY_MOBILENET: Final = (*_TINY_IMAGE, "encoders.image.architecture={depth_multiplier: 0.25}")
# 3 or 4 channels crash on CPUs with AVX2 alone: docs/decisions/016-narrow-convolutions.md
_TINY_RESNET: Final = (
    *_TINY_IMAGE,
    "encoders.image.architecture={depths: [1, 1], hidden_sizes: [16, 32], embedding_size: 16, layer_type: basic}",
)
_TINY_POSTS: Final = (
    "data.validation_fraction=0.25",
    "embedding_dimension=16",
    "fusion.dropout=0.1",
    "optimisation.epochs=2",
    "optimisation.batch_size=16",
    "optimisation.learning_rate_factors={}",
    "optimisation.learning_rate=0.003",
    "optimisation.weight_average=0",
)
TINY_POSTS: Final = {
    "demo": ("data.dataset=synthetic", *_TINY_LSTM, *_TINY_MOBILENET),
    "posts": ("data.dataset=synthetic", *_TINY_BERT, *_TINY_MOBILENET),
    "posts_concat": ("data.dataset=synthetic", *_TINY_BERT, *_TINY_MOBILENET),
    "posts_bert_resnet18": ("data.dataset=synthetic_binary", *_TINY_BERT, *_TINY_RESNET),
    "posts_lstm_mobilenetv2": ("data.dataset=synthetic", *_TINY_LSTM, *_TINY_MOBILENET),
}
"""What makes each recipe for text and images small, with random weights and made data."""
TINY_TEXTS: Final = {"posts_text": ("data.dataset=synthetic", "heads=[sentiment]", *_TINY_BERT)}
"""The same of recipes for the posts' text alone."""
_TINY_CONTEXT: Final = (*_TINY_BERT, "encoders.text.context={turns: 2, turn_tokens: 8, speakers: true}")
_TINY_VOICE: Final = ("encoders.audio.width=8",)
_TINY_FACE: Final = ("encoders.video.side=24", "encoders.video.widths=[8, 16]", "encoders.video.depths=[1, 1]")
_TINY_R3D18: Final = (
    "encoders.video.checkpoint=null",
    "encoders.video.frames=2",
    "encoders.video.size=16",
    "encoders.video.shorter_side=18",
    "encoders.video.trainable=all",
)
TINY_CLIPS: Final = {
    "clips_text_start": (*_TINY_CONTEXT, "optimisation.mixed_precision_on_cpu=false"),
    "clips_text": (*_TINY_CONTEXT, "optimisation.mixed_precision_on_cpu=false"),
    "clips_voice": _TINY_VOICE,
    "clips_face": _TINY_FACE,
    "clips": (
        *_TINY_CONTEXT,
        *_TINY_VOICE,
        *_TINY_FACE,
        "encoders.audio.start_from=null",
        "encoders.video.start_from=null",
        "fusion.start_from={}",
    ),
    "clips_meld": (*_TINY_BERT, *_TINY_R3D18),
    "clips_meld_fast": (*_TINY_CONTEXT, *_TINY_VOICE, *_TINY_R3D18),
}
"""What makes each recipe for clips small; all of them learn from clips in MELD's layout."""
_TINY_CLIPS: Final = (
    "data.dataset=meld",
    "data.validation_fraction=0.25",
    "embedding_dimension=16",
    "optimisation.epochs=1",
    "optimisation.batch_size=8",
    "optimisation.learning_rate_factors={}",
    "optimisation.learning_rate=0.003",
    "optimisation.weight_average=0",
)
TINY_TEACHER: Final = {
    "data.validation_fraction": 0.25,
    "data.beside": ["imdb_statements"],
    "encoders.text.checkpoint": None,
    "encoders.text.language_model": None,
    "encoders.text.architecture": {
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": 64,
    },
    "encoders.text.vocabulary_size": 300,
    "encoders.text.max_tokens": 32,
    "encoders.text.head_tokens": 24,
    "embedding_dimension": 16,
    "fusion.hidden": 16,
    "optimisation.epochs": 1,
    "optimisation.batch_size": 16,
}
"""Makes the teacher of reviews small, with random weights."""
CPU: Final = torch.device("cpu")


def tiny_recipe(*changes: str, name: str = "reviews") -> Recipe:
    """Return a shipped recipe, shrunk and then changed."""
    return changed(load_recipe(Path(name)), [*TINY, *changes])


def tiny_posts_recipe(name: str, *changes: str) -> Recipe:
    """Return a shipped recipe for posts, shrunk and then changed."""
    return changed(load_recipe(Path(name)), [*(TINY_POSTS | TINY_TEXTS)[name], *_TINY_POSTS, *changes])


def tiny_clips_recipe(name: str, *changes: str) -> Recipe:
    """Return a shipped recipe for clips, shrunk and then changed."""
    return changed(load_recipe(Path(name)), [*TINY_CLIPS[name], *_TINY_CLIPS, *changes])


def tiny_arguments(*changes: str) -> list[str]:
    """Return the same changes as arguments of a command."""
    return _as_arguments((*TINY, *changes))


def tiny_posts_arguments(name: str) -> list[str]:
    """Return the changes that make a recipe for text and images small as arguments of a command."""
    return _as_arguments((*TINY_POSTS[name], *_TINY_POSTS))


def _as_arguments(changes: Sequence[str]) -> list[str]:
    return [argument for change in changes for argument in ("--set", change)]


def describe_tiny(examples: Sequence[Example], recipe: Recipe) -> ModelDescription:
    """Return the description of a model to be trained on `examples`."""
    return describe(recipe, Material(examples), examples)


def features_of(examples: Sequence[Example], description: ModelDescription) -> FeatureSet:
    """Return the examples as the model's readers read them."""
    return FeatureSet(examples, build_readers(description), description.labels)


def make_trainer(folder: Path, examples: list[Example], *changes: str) -> Trainer:
    """Return a trainer of a fresh tiny model, the same every time: a quarter of the examples validates."""
    recipe = tiny_recipe(*changes)
    seed_everything(recipe.seed)
    description = describe_tiny(examples, recipe)
    model = build_model(description)
    train, validation = (
        features_of(examples[::2] + examples[1::4], description),
        features_of(examples[3::4], description),
    )
    return Trainer(model, description, train, validation, folder, CPU)
