"""int8: how each kind of encoder can be made smaller and faster, the smallest form first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from model_bundle.readers.reader import Arrays
from model_bundle.registry import Registry
from model_export.quantisation.convolutions import quantise_convolutions
from model_export.quantisation.matrices import quantise_matrices
from model_export.quantisation.stored_weights import store_weights
from model_export.quantisation.word_vectors import quantise_word_vectors
from training.encoders.encoder import Encoder


@dataclass(frozen=True)
class Quantisation:
    """One way to put a graph into int8."""

    precision: str
    """What the bundle then says of the graph."""
    apply: Callable[[Path, Sequence[Arrays]], None]
    """Changes the graph in place; the examples are what the encoder's reader makes of real items."""


def quantisations(encoder: Encoder) -> tuple[Quantisation, ...]:
    """Return the ways for an encoder, the smallest form first; none for one that is too small to be worth it."""
    return tuple(QUANTISATIONS[name] for name in encoder.quantisations)


def _matrices_and_words(path: Path, examples: Sequence[Arrays]) -> None:
    quantise_matrices(path)
    _words(path, examples)


def _words(path: Path, examples: Sequence[Arrays]) -> None:  # noqa: ARG001  # the tables alone say how
    quantise_word_vectors(path)


def _stored(path: Path, examples: Sequence[Arrays]) -> None:
    _words(path, examples)
    store_weights(path)


QUANTISATIONS: Final = Registry[Quantisation](
    "quantisation",
    "valence.quantisations",
    {
        "stored_weights": Quantisation("stored in int8, computed in float32", _stored),
        "word_vectors": Quantisation("float32, word vectors int8", _words),
        "matrices_and_word_vectors": Quantisation("int8 by blocks, word vectors int8", _matrices_and_words),
        "convolutions": Quantisation("int8", quantise_convolutions),
    },
)
"""What an encoder may name in `quantisations`."""
