"""Text to one vector, with BERT (Devlin et al. 2019, arXiv:1810.04805) or a small relative of it."""

from collections.abc import Iterable
from dataclasses import field
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import torch
from pydantic import ConfigDict, Field, JsonValue
from pydantic.dataclasses import dataclass
from tokenizers import Tokenizer
from torch import Tensor, nn

from model_bundle.readers.text import SEPARATOR, UNKNOWN_TOKEN, TextReader
from model_bundle.spec import ContextSpec, GraphSpec, TensorSpec, TextSpec
from training.encoders.encoder import Encoder, Learned, Standardisation
from training.encoders.language_model import LanguageModelRecipe, learn_language
from training.encoders.pictographs import cleaned, learn_pictographs, learned_pictographs, write_pictographs
from training.encoders.pretrained import (
    BERT,
    Trainable,
    build_network,
    fit_standardisation,
    freeze,
    load_tokenizer,
    load_weights,
    read_configuration,
)
from training.encoders.tokenizer import MASK_TOKEN, TOKENIZER_FILE, train_wordpiece
from training.encoders.trained import load_trained_weights, trained_preprocessing
from training.fitting.material import Material

LAST: Final = -1
FAR_BELOW: Final = -1e9
"""Added to the attention paid to padding, so that the softmax gives it exactly nothing."""

Dropout = Annotated[float, Field(ge=0, lt=1)]
Size = Annotated[int, Field(gt=0)]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class BertRecipe:
    """A BERT with one projection to the embedding."""

    kind: Literal["bert"] = "bert"
    checkpoint: str | None
    """Name on the hub or local folder of the published weights; null starts at random, with an own vocabulary."""
    start_from: str | None = None
    """`best.pt` of an earlier run, whose text encoder and vocabulary this one goes on from."""
    language_model: LanguageModelRecipe | None = None
    """Go on with the masked language model on all texts, the unlabelled ones too, before labels are learned from."""
    architecture: dict[str, JsonValue] = field(default_factory=dict)
    """Values of the network's configuration that differ, such as `num_hidden_layers`."""
    vocabulary_size: Size = 30522
    """Of the own vocabulary, where there is no checkpoint."""
    clean_text: bool = False
    """Name emoji, undo look-alikes and drawn-out words, and leave out links, names and tags before the tokenizer."""
    max_tokens: Size = 128
    head_tokens: Size = 96
    """How many of `max_tokens` come from the beginning of a longer text."""
    context: ContextSpec | None = None
    """How much is read of what was said before, beyond `max_tokens`; nothing without it."""
    pooling: Literal["mean", "first"] = "mean"
    """What becomes the text's vector: the mean over its own tokens, or the first one, [CLS]."""
    pooled_layers: tuple[Annotated[int, Field(gt=0)], ...] | None = None
    """Layers, from 1, whose pooled vectors are put side by side, as earlier layers know other things; the last alone
    without it."""
    trainable: Trainable = "all"
    """`all`, `none`, or how many of the last layers learn."""
    token_dropout: Dropout = 0.0
    """Share of tokens that are masked in training."""
    dropout: Dropout = 0.1
    """Dropout before the projection."""

    def learn(self, material: Material) -> Learned:
        """Take configuration and vocabulary from the run to start from or the checkpoint, or learn a vocabulary."""
        if self.start_from is not None:
            return trained_preprocessing(self.start_from, "text")
        pictographs = learn_pictographs() if self.clean_text else {}
        if self.checkpoint is not None:
            tokenizer, vocabulary = load_tokenizer(self.checkpoint), {}
        else:
            texts = (example.item.text for example in material.examples if example.item.text)
            tokenizer = train_wordpiece(cleaned(texts, pictographs), self.vocabulary_size)
            vocabulary = {"vocab_size": tokenizer.get_vocab_size()}
        configuration = read_configuration(BERT, self.checkpoint, vocabulary | self.architecture)
        return {"tokenizer": tokenizer.to_str(), "configuration": configuration} | pictographs

    def reader(self, learned: Learned) -> TextReader:
        """Return the reader."""
        return TextReader(
            _tokenizer(learned), self.max_tokens, self.head_tokens, learned_pictographs(learned), self.context
        )

    def build(self, learned: Learned, dimension: int) -> "BertEncoder":
        """Return the encoder."""
        return BertEncoder(self, learned, dimension)

    def initialise(self, encoder: Encoder, learned: Learned, material: Material) -> None:
        """Start from an earlier run, or from the checkpoint's weights."""
        if self.start_from is not None:
            load_trained_weights(self.start_from, "text", encoder)
            self._standardise(encoder, learned, material)
        elif self.checkpoint is not None and isinstance(encoder, BertEncoder):
            load_weights(BERT, encoder.network, self.checkpoint)
            if self.language_model is not None:
                learn_language(self.language_model, encoder.network, _tokenizer(learned), material, self.checkpoint)
            self._standardise(encoder, learned, material)

    def _standardise(self, encoder: Encoder, learned: Learned, material: Material) -> None:
        assert isinstance(encoder, BertEncoder)
        fit_standardisation(encoder.standardisation, encoder.eval().features, self.reader(learned), material)

    def describe(self, learned: Learned, graph: GraphSpec, folder: Path) -> TextSpec:
        """Return the bundle's description, and write the files of the tokenizer and of the names of emoji."""
        _tokenizer(learned).save(str(folder / TOKENIZER_FILE))
        return TextSpec(
            graph=graph,
            tokenizer=TOKENIZER_FILE,
            max_tokens=self.max_tokens,
            head_tokens=self.head_tokens,
            context=self.context,
            pictographs=write_pictographs(learned, folder),
        )


def _tokenizer(learned: Learned) -> Tokenizer:
    return Tokenizer.from_str(str(learned["tokenizer"]))


class BertEncoder(Encoder):
    """Encodes each text as if it were alone: attention gives the padding nothing."""

    quantisations = ("matrices_and_word_vectors", "word_vectors")

    def __init__(self, recipe: BertRecipe, learned: Learned, dimension: int) -> None:
        super().__init__()
        self.inputs = (
            TensorSpec(name="token_ids", dtype="int64", shape=("batch", "tokens")),
            TensorSpec(name="token_counts", dtype="int64", shape=("batch",)),
        )
        self.recipe = recipe
        self.network: Any = build_network(BERT, str(learned["configuration"]))
        self.mask_token = _token_id(_tokenizer(learned), MASK_TOKEN, UNKNOWN_TOKEN)
        self.separator = _token_id(_tokenizer(learned), SEPARATOR, UNKNOWN_TOKEN)
        self.dropout = nn.Dropout(recipe.dropout)
        width = self.network.config.hidden_size * len(recipe.pooled_layers or [LAST])
        self.standardisation = Standardisation(width)
        self.projection = nn.Linear(width, dimension)
        self.let_learn(published=True)

    def let_learn(self, published: bool) -> None:
        """Let the part of the network learn that the recipe names, or nothing of it."""
        freeze(
            self.network,
            self.network.encoder.layer,
            self.recipe.trainable if published else "none",
            frozen_batch_norms=False,
        )

    def forward(self, token_ids: Tensor, token_counts: Tensor) -> Tensor:
        """Encode `token_ids` int64 [B, tokens] and `token_counts` int64 [B] into float32 [B, D]."""
        features = self.standardisation(self.features(token_ids, token_counts))
        embedding: Tensor = self.projection(self.dropout(features))
        return embedding

    def features(self, token_ids: Tensor, token_counts: Tensor) -> Tensor:
        """Return what the network makes of the texts, float32 [B, features]."""
        is_token = torch.arange(token_ids.shape[1], device=token_ids.device)[None, :] < token_counts[:, None]
        # A finished attention bias: the library would build its own from a mask, in ways that don't export.
        bias = torch.where(is_token, 0.0, FAR_BELOW)[:, None, None, :].expand(-1, 1, token_ids.shape[1], -1)
        is_earlier = self._is_earlier(token_ids)
        states = self.network(
            input_ids=self._drop_tokens(token_ids),
            token_type_ids=is_earlier.long() if self.recipe.context is not None else None,
            attention_mask=bias,
            output_hidden_states=True,
        ).hidden_states
        layers = self.recipe.pooled_layers or (LAST,)
        return torch.cat([self._pool(states[layer].float(), is_token & ~is_earlier) for layer in layers], dim=1)

    def _is_earlier(self, token_ids: Tensor) -> Tensor:
        """Return bool [B, tokens]: what was said before the text, which ends at the first separator."""
        if self.recipe.context is None:
            return torch.zeros_like(token_ids, dtype=torch.bool)
        ends = token_ids.eq(self.separator).long()
        return ends.cumsum(dim=1).gt(ends)

    def _pool(self, states: Tensor, is_token: Tensor) -> Tensor:
        if self.recipe.pooling == "first":
            return states[:, 0]
        weights = is_token[:, :, None].float()
        return (states * weights).sum(dim=1) / weights.sum(dim=1)

    def _drop_tokens(self, token_ids: Tensor) -> Tensor:
        if not self.training or not self.recipe.token_dropout:
            return token_ids
        dropped = torch.rand(token_ids.shape, device=token_ids.device) < self.recipe.token_dropout
        return torch.where(dropped, self.mask_token, token_ids)


def _token_id(tokenizer: Tokenizer, *names: str) -> int:
    """Return the number of the first of these tokens that there is."""
    known: Iterable[int | None] = (tokenizer.token_to_id(name) for name in names)
    return next(token for token in known if token is not None)
