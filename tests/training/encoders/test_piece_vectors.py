from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from tests.training.tiny import CPU, TINY_TEACHER, describe_tiny, tiny_recipe
from training.datasets import Example
from training.encoders.lstm import LstmEncoder
from training.encoders.piece_vectors import DEVIATION, PIECES, word_vectors_of_run
from training.encoders.tokenizer import TokenizerRecipe, train_tokenizer
from training.errors import RecipeError
from training.fitting.assembly import build_model
from training.fitting.fit import fit
from training.fitting.material import Material
from training.recipe import changed_recipe, load_recipe

TEXTS = ["a wonderful film and a moving story", "an awful script and a dreadful ending"]


@pytest.fixture(scope="module")
def teacher(examples: list[Example], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkpoint of a small BERT's run."""
    folder = tmp_path_factory.mktemp("teacher")
    fit(changed_recipe(load_recipe(Path("reviews_teacher")), TINY_TEACHER), examples, [], folder, CPU)
    return folder / "best.pt"


def words() -> Tokenizer:
    return train_tokenizer(TEXTS, TokenizerRecipe(minimum_count=1))


def test_every_word_has_the_mean_of_its_pieces_in_fewer_directions(teacher: Path) -> None:
    tokenizer = words()
    found = word_vectors_of_run(str(teacher), tokenizer, 8)
    content = torch.load(teacher, weights_only=True)
    pieces = Tokenizer.from_str(content["description"]["learned"]["text"]["tokenizer"])
    names = [tokenizer.id_to_token(row) for row in range(tokenizer.get_vocab_size())]
    ids = [pieces.encode(name, add_special_tokens=False).ids for name in names]
    means = torch.stack([content["model"][PIECES][of].mean(dim=0) for of in ids])
    full = word_vectors_of_run(str(teacher), tokenizer, 16)
    assert found.shape == (len(names), 8)
    assert found.std().item() == pytest.approx(DEVIATION, rel=1e-4)
    # All directions together keep how far words are from one another.
    ratio = torch.cdist(full, full)[0, 1:] / torch.cdist(means, means)[0, 1:]
    assert ratio.std() < 1e-3 * ratio.mean()


def test_more_directions_than_there_are_is_an_error(teacher: Path) -> None:
    with pytest.raises(RecipeError, match=r"word_dimension is 17, but .* has vectors of 16 numbers"):
        word_vectors_of_run(str(teacher), words(), 17)


def test_a_run_without_a_bert_is_an_error(finished_run: Path) -> None:
    with pytest.raises(RecipeError, match="has no BERT"):
        word_vectors_of_run(str(finished_run / "best.pt"), words(), 4)


def test_an_lstm_starts_from_them(teacher: Path, examples: list[Example]) -> None:
    description = describe_tiny(examples, tiny_recipe(f"encoders.text.word_vectors_from={teacher}"))
    encoder, recipe = build_model(description).by_modality["text"], description.recipe.encoders["text"]
    assert isinstance(encoder, LstmEncoder)
    recipe.initialise(encoder, description.learned["text"], Material(examples))
    tokenizer = Tokenizer.from_str(str(description.learned["text"]["tokenizer"]))
    assert torch.allclose(encoder.words.weight, word_vectors_of_run(str(teacher), tokenizer, 16), atol=1e-5)
