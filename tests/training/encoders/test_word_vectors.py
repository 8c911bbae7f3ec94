from pathlib import Path

import numpy as np
import pytest

from model_bundle import Item
from training.datasets import Example
from training.encoders import word_vectors
from training.encoders.tokenizer import TokenizerRecipe, train_tokenizer
from training.encoders.word_vectors import Matrix, WordVectorRecipe, pretrained_word_vectors
from training.errors import RecipeError
from training.fitting.material import Material

RECIPE = WordVectorRecipe(epochs=1, minimum_count=3)
TEXTS = ["A good film<br />and a bad film"] * 3 + ["seldom"]
MATERIAL = Material([], [Example(str(row), Item(text), {}, "film") for row, text in enumerate(TEXTS)])
TOKENIZER = train_tokenizer([*TEXTS, "labelled"], TokenizerRecipe(minimum_count=1))
START = np.full((TOKENIZER.get_vocab_size(), 8), 7, np.float32)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VALENCE_CACHE", str(tmp_path))
    return tmp_path


def learn(recipe: WordVectorRecipe = RECIPE, start: Matrix = START) -> Matrix:
    return pretrained_word_vectors(recipe, TOKENIZER, MATERIAL, start)


def test_the_rows_of_learned_words_are_replaced_and_no_others() -> None:
    changed = {word for word, row in TOKENIZER.get_vocab().items() if not np.array_equal(learn()[row], START[row])}
    assert changed == {"a", "good", "film", "and", "bad"}
    assert np.all(START == 7)


def test_the_same_seed_gives_the_same_vectors(cache: Path) -> None:
    first = learn()
    next(cache.iterdir()).unlink()
    assert np.array_equal(learn(), first)


def test_vectors_are_learned_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = learn()
    monkeypatch.delattr(word_vectors, "_learn")
    assert np.array_equal(learn(), first)
    assert len(list(cache.iterdir())) == 1


def test_another_recipe_or_width_is_learned_anew(cache: Path) -> None:
    learn()
    learn(WordVectorRecipe(epochs=2, minimum_count=3))
    learn(start=START[:, :4])
    assert len(list(cache.iterdir())) == 3


def test_without_unlabelled_texts_the_remedy_is_told() -> None:
    with pytest.raises(RecipeError, match="use_unlabelled"):
        pretrained_word_vectors(RECIPE, TOKENIZER, Material([]), START)
