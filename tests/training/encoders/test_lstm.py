from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from model_bundle import Item
from model_bundle.readers.text import TextReader
from model_bundle.spec import GraphSpec
from tests.training.tiny import tiny_recipe
from training.datasets import Example
from training.encoders import LstmEncoder, LstmRecipe
from training.encoders.encoder import Learned
from training.encoders.word_vectors import WordVectorRecipe
from training.fitting.material import Material
from training.fitting.random_state import seed_everything

DIMENSION = 8
TEXTS = ("good", "a good film", "the plot was tedious and the ending awful", "film " * 40, "a . , ! ?")


@pytest.fixture(scope="module")
def recipe() -> LstmRecipe:
    found = tiny_recipe().encoders["text"]
    assert isinstance(found, LstmRecipe)
    return found


@pytest.fixture(scope="module")
def learned(recipe: LstmRecipe) -> Learned:
    return recipe.learn(Material([Example("0", Item(text), {}, "0") for text in [*TEXTS, *TEXTS]]))


@pytest.fixture
def encoder(recipe: LstmRecipe, learned: Learned) -> LstmEncoder:
    seed_everything(0)
    return recipe.build(learned, DIMENSION).eval()


def stacked(recipe: LstmRecipe, learned: Learned, *texts: str) -> dict[str, Tensor]:
    reader = recipe.reader(learned)
    arrays = [reader.read(Item(text)).arrays for text in texts]
    return {key: torch.from_numpy(value) for key, value in reader.stack([row for row in arrays if row]).items()}


@torch.inference_mode()
def encode(encoder: LstmEncoder, inputs: dict[str, Tensor]) -> Tensor:
    embeddings: Tensor = encoder(**inputs)
    return embeddings


def test_a_text_alone_and_in_company_is_encoded_the_same(
    recipe: LstmRecipe, learned: Learned, encoder: LstmEncoder
) -> None:
    together = encode(encoder, stacked(recipe, learned, *TEXTS))
    alone = torch.cat([encode(encoder, stacked(recipe, learned, text)) for text in TEXTS])
    assert together.shape == (len(TEXTS), DIMENSION)
    assert torch.allclose(together, alone, rtol=0, atol=1e-6)
    assert torch.pdist(alone).min() > 1e-3


@pytest.mark.parametrize("padding_token", [0, 1, 3])
def test_nothing_of_the_padding_is_read(
    recipe: LstmRecipe, learned: Learned, encoder: LstmEncoder, padding_token: int
) -> None:
    inputs = stacked(recipe, learned, *TEXTS[:3])
    wider = torch.nn.functional.pad(inputs["token_ids"], (0, 13))
    padding = torch.arange(wider.shape[1]) >= inputs["token_counts"][:, None]
    padded = inputs | {"token_ids": wider.masked_fill(padding, padding_token)}
    assert torch.allclose(encode(encoder, padded), encode(encoder, inputs), rtol=0, atol=1e-6)


@pytest.mark.parametrize("tokens", range(1, 10))
def test_texts_of_any_length_have_a_finite_vector(encoder: LstmEncoder, tokens: int) -> None:
    inputs = {"token_ids": torch.ones(1, tokens, dtype=torch.int64), "token_counts": torch.tensor([tokens])}
    assert encode(encoder, inputs).isfinite().all()


def test_the_declared_inputs_are_the_readers_arrays(recipe: LstmRecipe, learned: Learned, encoder: LstmEncoder) -> None:
    inputs = stacked(recipe, learned, *TEXTS)
    assert {spec.name: spec.dtype for spec in encoder.inputs} == {
        name: str(value.dtype).removeprefix("torch.") for name, value in inputs.items()
    }
    assert [len(spec.shape) for spec in encoder.inputs] == [inputs[spec.name].ndim for spec in encoder.inputs]


def test_the_order_of_words_counts(recipe: LstmRecipe, learned: Learned, encoder: LstmEncoder) -> None:
    inputs = stacked(recipe, learned, "the plot was tedious and the ending good")
    reversed_inputs = inputs | {"token_ids": inputs["token_ids"].flip(1)}
    assert (encode(encoder, inputs) - encode(encoder, reversed_inputs)).abs().max() > 1e-3


def test_every_weight_learns(recipe: LstmRecipe, learned: Learned, encoder: LstmEncoder) -> None:
    encoder.train()(**stacked(recipe, learned, *TEXTS)).sum().backward()
    without = {name for name, weight in encoder.named_parameters() if weight.grad is None or not weight.grad.any()}
    # The attention's bias shifts all steps of a softmax alike.
    assert without <= {"attention.bias"}


def test_dropout_is_for_training_alone(recipe: LstmRecipe, learned: Learned, encoder: LstmEncoder) -> None:
    inputs = stacked(recipe, learned, *TEXTS)
    assert torch.equal(encode(encoder, inputs), encode(encoder, inputs))
    assert not torch.equal(encode(encoder.train(), inputs), encode(encoder, inputs))


def test_the_vocabulary_is_that_of_the_training_texts(learned: Learned, encoder: LstmEncoder) -> None:
    words = {"good", "film", "the", "tedious"}
    assert all(f'"{word}"' in str(learned["tokenizer"]) for word in words)
    assert encoder.words.num_embeddings > len(words)


def test_the_description_reads_texts_as_training_did(recipe: LstmRecipe, learned: Learned, tmp_path: Path) -> None:
    graph = GraphSpec(file="text.onnx", inputs=(), outputs=())
    spec = recipe.describe(learned, graph, tmp_path)
    assert (spec.max_tokens, spec.head_tokens) == (recipe.tokenizer.max_tokens, recipe.tokenizer.head_tokens)
    item = Item("A good, unheard-of film " * 20)
    served, trained = TextReader.open(spec, tmp_path).read(item), recipe.reader(learned).read(item)
    assert served.arrays is not None
    assert trained.arrays is not None
    assert {name: value.tolist() for name, value in served.arrays.items()} == {
        name: value.tolist() for name, value in trained.arrays.items()
    }
    assert served.arrays["token_counts"] == recipe.tokenizer.max_tokens


def test_word_vectors_are_where_it_starts(recipe: LstmRecipe, learned: Learned, encoder: LstmEncoder) -> None:
    before = encoder.words.weight.detach().clone()
    material = Material([], [Example("0", Item("good film " * 5), {}, "0")])
    recipe.initialise(encoder, learned, material)
    assert torch.equal(encoder.words.weight, before)
    pretrained = replace(recipe, word_vectors=WordVectorRecipe(epochs=1, minimum_count=1))
    pretrained.initialise(encoder, learned, material)
    assert (encoder.words.weight != before).any(dim=1).sum() == 2
