"""Text to one vector: word vectors, a convolution that shortens them, and a bidirectional LSTM.

The convolution with max-pooling in front of the LSTM is that of C-LSTM (Zhou et al. 2015, arXiv:1511.08630):
it turns each word with its neighbours into a phrase, and a quarter as many steps are left for the LSTM.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from model_bundle.readers.text import TextReader
from model_bundle.spec import GraphSpec, TensorSpec, TextSpec
from training.encoders.encoder import Encoder, Learned
from training.encoders.ngram_ratios import labelled_batches
from training.encoders.ngrams import NgramRecipe, NgramSums
from training.encoders.pictographs import cleaned, learn_pictographs, learned_pictographs, write_pictographs
from training.encoders.piece_vectors import word_vectors_of_run
from training.encoders.tokenizer import TOKENIZER_FILE, TokenizerRecipe, train_tokenizer
from training.encoders.trained import load_trained_weights, trained_preprocessing
from training.encoders.word_vectors import WordVectorRecipe, pretrained_word_vectors
from training.fitting.material import Material

NEVER = -1e9
"""Below whatever the padding could compete with."""

Dropout = Annotated[float, Field(ge=0, lt=1)]
Size = Annotated[int, Field(gt=0)]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class LstmRecipe:
    """A convolution and a bidirectional LSTM over a vocabulary of the training text."""

    kind: Literal["lstm"] = "lstm"
    tokenizer: TokenizerRecipe
    clean_text: bool = False
    """Name emoji, undo look-alikes and drawn-out words, and leave out links, names and tags before the tokenizer."""
    ngrams: NgramRecipe | None = None
    """Add what a linear model of words, pairs and triples says; none without it."""
    word_vectors: WordVectorRecipe | None = None
    """Where the word vectors start; at random without it."""
    word_vectors_from: str | None = None
    """`best.pt` of a BERT's run: word vectors start as the main directions of what its pieces of each word mean."""
    start_from: str | None = None
    """`best.pt` of an earlier run, whose text encoder and vocabulary this one goes on from."""
    word_dimension: Size = 128
    convolution_channels: Size = 128
    convolution_width: Size = 3
    """Words that the convolution sees at once; odd."""
    pooling: Size = 4
    """Words that become one step of the LSTM."""
    hidden: Size = 128
    """Units of the LSTM, in each direction."""
    word_dropout: Dropout = 0.1
    """Share of words that are blanked in training."""
    channel_dropout: Dropout = 0.3
    """Share of word-vector channels that are blanked over a whole text in training (Tompson et al. 2015)."""
    step_dropout: Dropout = 0.2
    """Dropout between convolution and LSTM."""
    pooled_dropout: Dropout = 0.4
    """Dropout on what is pooled over time."""

    def learn(self, material: Material) -> Learned:
        """Learn the vocabulary, or take it from the run to start from."""
        if self.start_from is not None:
            return trained_preprocessing(self.start_from, "text")
        pictographs = learn_pictographs() if self.clean_text else {}
        texts = (example.item.text for example in material.examples if example.item.text)
        return {"tokenizer": train_tokenizer(cleaned(texts, pictographs), self.tokenizer).to_str()} | pictographs

    def reader(self, learned: Learned) -> TextReader:
        """Return the reader."""
        tokenizer, limits = _tokenizer(learned), self.tokenizer
        return TextReader(tokenizer, limits.max_tokens, limits.head_tokens, learned_pictographs(learned))

    def build(self, learned: Learned, dimension: int) -> "LstmEncoder":
        """Return the encoder."""
        return LstmEncoder(self, _tokenizer(learned).get_vocab_size(), dimension)

    def initialise(self, encoder: Encoder, learned: Learned, material: Material) -> None:
        """Start from an earlier run, or from word vectors that are known already; measure the n-grams' ratios."""
        assert isinstance(encoder, LstmEncoder)
        if self.start_from is not None:
            load_trained_weights(self.start_from, "text", encoder)
            return
        tokenizer, words = _tokenizer(learned), encoder.words.weight
        if self.word_vectors is not None:
            vectors = pretrained_word_vectors(self.word_vectors, tokenizer, material, words.detach().cpu().numpy())
            words.data.copy_(torch.from_numpy(vectors))
        elif self.word_vectors_from is not None:
            words.data.copy_(word_vectors_of_run(self.word_vectors_from, tokenizer, words.shape[1]))
        if encoder.ngrams is not None:
            encoder.ngrams.fit_ratios(labelled_batches(self.reader(learned), material, words.device))

    def describe(self, learned: Learned, graph: GraphSpec, folder: Path) -> TextSpec:
        """Return the bundle's description, and write the files of the tokenizer and of the names of emoji."""
        _tokenizer(learned).save(str(folder / TOKENIZER_FILE))
        return TextSpec(
            graph=graph,
            tokenizer=TOKENIZER_FILE,
            max_tokens=self.tokenizer.max_tokens,
            head_tokens=self.tokenizer.head_tokens,
            pictographs=write_pictographs(learned, folder),
        )


def _tokenizer(learned: Learned) -> Tokenizer:
    return Tokenizer.from_str(str(learned["tokenizer"]))


class LstmEncoder(Encoder):
    """Encodes each text as if it were alone: nothing of the padding reaches the result."""

    quantisations = ("stored_weights", "word_vectors")

    def __init__(self, recipe: LstmRecipe, vocabulary: int, dimension: int) -> None:
        super().__init__()
        self.inputs = (
            TensorSpec(name="token_ids", dtype="int64", shape=("batch", "tokens")),
            TensorSpec(name="token_counts", dtype="int64", shape=("batch",)),
        )
        self.recipe = recipe
        self.words = nn.Embedding(vocabulary, recipe.word_dimension)
        nn.init.normal_(self.words.weight, std=0.1)
        self.convolution = nn.Conv1d(
            recipe.word_dimension,
            recipe.convolution_channels,
            recipe.convolution_width,
            padding=recipe.convolution_width // 2,
        )
        self.lstm = nn.LSTM(recipe.convolution_channels, recipe.hidden, batch_first=True, bidirectional=True)
        self.attention = nn.Linear(2 * recipe.hidden, 1)
        self.dropout = nn.Dropout(recipe.pooled_dropout)
        self.projection = nn.Linear(6 * recipe.hidden + 2 * recipe.convolution_channels, dimension)
        self.ngrams = NgramSums(recipe.ngrams, vocabulary) if recipe.ngrams is not None else None
        self.ngram_projection = nn.Linear(len(self.ngrams.sizes), dimension, bias=False) if self.ngrams else None

    def exportable(self) -> nn.Module:
        """Return the encoder with an LSTM that can be traced."""
        from training.encoders.exportable_lstm import ExportableLstm  # onnxscript, which training does without

        return ExportableLstm(self)

    def translations(self) -> Mapping[Callable[..., Any], Callable[..., Any]]:
        """Translate that LSTM."""
        from training.encoders.exportable_lstm import TRANSLATIONS

        return TRANSLATIONS

    def forward(self, token_ids: Tensor, token_counts: Tensor) -> Tensor:
        """Encode `token_ids` int64 [B, tokens] and `token_counts` int64 [B] into float32 [B, D]."""
        steps, step_counts = self.phrases(token_ids, token_counts)
        packed = pack_padded_sequence(steps, step_counts.cpu(), batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True, total_length=steps.shape[1])
        embedding = self.pool(steps, states, step_counts)
        return embedding if self.ngrams is None else self.with_ngrams(embedding, self.ngrams(token_ids, token_counts))

    def with_ngrams(self, embedding: Tensor, sums: Tensor) -> Tensor:
        """Add what the n-grams say, float32 [B, orders], to the vector float32 [B, D] of the words in their order."""
        assert self.ngram_projection is not None
        added: Tensor = self.ngram_projection(sums)
        return embedding + added

    def phrases(self, token_ids: Tensor, token_counts: Tensor) -> tuple[Tensor, Tensor]:
        """Return the LSTM's input, float32 [B, steps, channels], and how many steps each text has, int64 [B]."""
        mask = _mask(token_counts, token_ids.shape[1])
        words = self._drop_words(self.words(token_ids) * mask)
        phrases = functional.relu(self.convolution(words.transpose(1, 2))) * mask.transpose(1, 2)
        # After the ReLU nothing is below the zeros of the padding, so they never win the maximum.
        steps = functional.max_pool1d(phrases, self.recipe.pooling, ceil_mode=True).transpose(1, 2)
        step_counts = (token_counts + self.recipe.pooling - 1) // self.recipe.pooling
        return functional.dropout(steps, self.recipe.step_dropout, self.training), step_counts

    def pool(self, steps: Tensor, states: Tensor, step_counts: Tensor) -> Tensor:
        """Reduce the LSTM's input [B, steps, channels] and states [B, steps, 2 * hidden] over time, and project them.

        What is said once and strongly counts by the maximum, what is said throughout by the mean, and attention
        (Lin et al. 2017, arXiv:1703.03130) finds the steps that predict.
        """
        mask = _mask(step_counts, states.shape[1])
        weights = torch.where(mask > 0, self.attention(states), NEVER).softmax(dim=1)
        pooled = [_maximum(states, mask), _mean(states, mask), (weights * states).sum(dim=1)]
        pooled += [_maximum(steps, mask), _mean(steps, mask)]
        embedding: Tensor = self.projection(self.dropout(torch.cat(pooled, dim=1)))
        return embedding

    def _drop_words(self, words: Tensor) -> Tensor:
        if not self.training:
            return words
        kept_words = torch.rand(*words.shape[:2], 1, device=words.device) >= self.recipe.word_dropout
        return functional.dropout1d((words * kept_words).transpose(1, 2), self.recipe.channel_dropout).transpose(1, 2)


def _maximum(values: Tensor, mask: Tensor) -> Tensor:
    return torch.where(mask > 0, values, NEVER).amax(dim=1)


def _mean(values: Tensor, mask: Tensor) -> Tensor:
    return (values * mask).sum(dim=1) / mask.sum(dim=1)


def _mask(counts: Tensor, length: int) -> Tensor:
    """Return float32 [B, length, 1]: 1 up to each count, 0 beyond."""
    positions = torch.arange(length, device=counts.device)
    return (positions[None, :] < counts[:, None]).float()[:, :, None]
