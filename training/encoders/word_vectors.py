"""Word vectors learned from unlabelled text (skip-gram, Mikolov et al. 2013, arXiv:1310.4546)."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from tokenizers import Tokenizer
from tqdm import tqdm

from training.datasets.cache import cache_folder, cache_is_optional
from training.errors import RecipeError
from training.fitting.material import Material

Matrix = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class WordVectorRecipe:
    """How word vectors are learned before training."""

    epochs: Annotated[int, Field(gt=0)] = 5
    window: Annotated[int, Field(gt=0)] = 5
    negative: Annotated[int, Field(gt=0)] = 5
    minimum_count: Annotated[int, Field(gt=0)] = 5
    seed: int = 0
    workers: Annotated[int, Field(gt=0)] = 1
    """With one the vectors are the same every time; more are faster, and differ a little from run to run."""


def pretrained_word_vectors(
    recipe: WordVectorRecipe, tokenizer: Tokenizer, material: Material, start: Matrix
) -> Matrix:
    """Return `start`, float32 [vocabulary, dimension], with the rows of all words that were learned replaced.

    Learns from the unlabelled texts alone, and keeps the result in the cache.
    """
    texts = [example.item.text or "" for example in material.unlabelled]
    dimension = start.shape[1]
    path = cache_folder() / f"word_vectors_{_key(recipe, tokenizer, texts, dimension)}.npz"
    try:
        learned = _load(path)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        keyed = _learn(recipe, [_words(tokenizer, text) for text in texts], dimension)
        learned = dict(zip(keyed.index_to_key, keyed.vectors, strict=True))
        with cache_is_optional(path):
            _store(keyed, path)
    vectors = start.copy()
    for word, row in tokenizer.get_vocab().items():
        vectors[row] = learned.get(word, vectors[row])
    return vectors


def _learn(recipe: WordVectorRecipe, sentences: list[list[str]], dimension: int) -> Any:
    from gensim.models import Word2Vec  # takes a second, and few recipes need it

    if not any(sentences):
        raise RecipeError(
            f"Word vectors can't be learned from {len(sentences)} unlabelled texts without words. "
            "Set data.use_unlabelled to true, or the encoder's word_vectors to null."
        )
    with tqdm(total=recipe.epochs, desc="learning word vectors", unit="epoch", leave=False) as bar:
        model = Word2Vec(
            sentences,
            sg=1,
            vector_size=dimension,
            window=recipe.window,
            negative=recipe.negative,
            sample=1e-4,
            min_count=recipe.minimum_count,
            epochs=recipe.epochs,
            seed=recipe.seed,
            workers=recipe.workers,
            callbacks=[_epoch_progress(bar)],
        )
    return model.wv


def _epoch_progress(bar: "tqdm[Any]") -> Any:
    from gensim.models.callbacks import CallbackAny2Vec

    class Progress(CallbackAny2Vec):  # type: ignore[misc]  # gensim has no types
        def on_epoch_end(self, model: Any) -> None:  # noqa: ARG002  # gensim's signature
            bar.update()

    return Progress()


def _words(tokenizer: Tokenizer, text: str) -> list[str]:
    """Split a text as the tokenizer does, without its vocabulary."""
    normal = tokenizer.normalizer.normalize_str(text)
    return [word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normal)]


def _key(recipe: WordVectorRecipe, tokenizer: Tokenizer, texts: Sequence[str], dimension: int) -> str:
    splitting = json.loads(tokenizer.to_str())
    parts = [asdict(recipe), dimension, splitting["normalizer"], splitting["pre_tokenizer"]]
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode())
    for text in texts:
        digest.update(text.encode())
    return digest.hexdigest()[:32]


def _store(vectors: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    with partial.open("wb") as file:
        np.savez(file, words=np.array(vectors.index_to_key), vectors=vectors.vectors)
    partial.replace(path)


def _load(path: Path) -> dict[str, Matrix]:
    with np.load(path) as content:
        return dict(zip(content["words"].tolist(), content["vectors"], strict=True))
