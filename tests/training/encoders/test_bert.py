from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from model_bundle import Item, Turn
from model_bundle.readers.text import TextReader
from model_bundle.spec import ContextSpec, GraphSpec
from training.datasets import Example
from training.encoders import BertEncoder, BertRecipe
from training.encoders.encoder import Learned
from training.fitting.material import Material
from training.fitting.random_state import seed_everything

DIMENSION = 8
ARCHITECTURE = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 64,
}
TEXTS = ("good", "a good day", "the queue was endless and the food awful", "sun " * 40, "a . , ! ?")


def recipe_of(**changes: Any) -> BertRecipe:
    values: dict[str, Any] = {"checkpoint": None, "architecture": ARCHITECTURE, "max_tokens": 48, "head_tokens": 40}
    return BertRecipe(**values | changes)


def learn(recipe: BertRecipe) -> Learned:
    return recipe.learn(Material([Example("0", Item(text), {}, "0") for text in TEXTS]))


@pytest.fixture(scope="module")
def learned() -> Learned:
    return learn(recipe_of())


@pytest.fixture(params=["mean", "first"])
def encoder(request: pytest.FixtureRequest, learned: Learned) -> BertEncoder:
    seed_everything(0)
    return recipe_of(pooling=request.param).build(learned, DIMENSION).eval()


def stacked(learned: Learned, *texts: str) -> dict[str, Tensor]:
    reader = recipe_of().reader(learned)
    arrays = [reader.read(Item(text)).arrays for text in texts]
    return {key: torch.from_numpy(value) for key, value in reader.stack([row for row in arrays if row]).items()}


@torch.inference_mode()
def encode(encoder: BertEncoder, inputs: dict[str, Tensor]) -> Tensor:
    embeddings: Tensor = encoder(**inputs)
    return embeddings


def test_a_text_alone_and_in_company_is_encoded_the_same(learned: Learned, encoder: BertEncoder) -> None:
    together = encode(encoder, stacked(learned, *TEXTS))
    alone = torch.cat([encode(encoder, stacked(learned, text)) for text in TEXTS])
    assert together.shape == (len(TEXTS), DIMENSION)
    assert torch.allclose(together, alone, rtol=0, atol=1e-6)
    assert torch.pdist(alone).min() > 1e-3


def test_an_own_vocabulary_starts_and_ends_texts_as_bert_does(learned: Learned) -> None:
    first, *_, last = recipe_of().reader(learned).read(Item("good food")).arrays["token_ids"].tolist()  # type: ignore[index]
    assert (first, last) == (2, 3)


def test_tokens_are_masked_in_training_alone(learned: Learned) -> None:
    seed_everything(0)
    encoder = recipe_of(token_dropout=0.5).build(learned, DIMENSION)
    token_ids = torch.full((4, 30), 9)
    dropped = encoder.train()._drop_tokens(token_ids)
    assert 0.3 < (dropped == encoder.mask_token).float().mean() < 0.7
    assert torch.equal(encoder.eval()._drop_tokens(token_ids), token_ids)


@pytest.mark.parametrize(("trainable", "learning"), [("all", {"0", "1", "embeddings"}), ("none", set()), (1, {"1"})])
def test_the_recipe_says_what_learns(learned: Learned, trainable: object, learning: set[str]) -> None:
    encoder = recipe_of(trainable=trainable).build(learned, DIMENSION)
    names = [name for name, weight in encoder.network.named_parameters() if weight.requires_grad]
    found = {"embeddings" if name.startswith("embeddings") else name.split(".")[2] for name in names}
    assert found == learning
    assert encoder.projection.weight.requires_grad


def test_texts_are_cleaned_where_the_recipe_asks_for_it(tmp_path: Path) -> None:
    recipe = recipe_of(clean_text=True)
    learned = learn(recipe)
    spec = recipe.describe(learned, GraphSpec(file="text.onnx", inputs=(), outputs=()), tmp_path)
    for reader in (recipe.reader(learned), TextReader.open(spec, tmp_path)):
        plain, post = (reader.read(Item(text)).arrays for text in ("good day", "RT @bob: #GoodDay http://t.co/x1"))
        assert plain is not None
        assert post is not None
        assert post["token_ids"].tolist() == plain["token_ids"].tolist()
        assert reader.read(Item("http://t.co/x1")).arrays is None


def test_texts_are_read_as_they_are_where_it_does_not(learned: Learned, tmp_path: Path) -> None:
    spec = recipe_of().describe(learned, GraphSpec(file="text.onnx", inputs=(), outputs=()), tmp_path)
    assert spec.pictographs is None
    assert [path.name for path in tmp_path.iterdir()] == ["tokenizer.json"]


def test_a_published_network_and_its_tokenizer_come_from_a_folder(tmp_path: Path, learned: Learned) -> None:
    from transformers import PreTrainedTokenizerFast

    seed_everything(1)
    published = recipe_of().build(learned, DIMENSION).network
    published.save_pretrained(tmp_path)
    (tmp_path / "whole.json").write_text(str(learned["tokenizer"]), encoding="utf-8")
    wrapped = PreTrainedTokenizerFast(tokenizer_file=str(tmp_path / "whole.json"))  # type: ignore[no-untyped-call]
    wrapped.save_pretrained(tmp_path)
    recipe = BertRecipe(checkpoint=str(tmp_path))
    found = learn(recipe)
    encoder = recipe.build(found, DIMENSION)
    recipe.initialise(encoder, found, Material([]))
    expected = published.state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in encoder.network.state_dict().items())
    texts = Item(TEXTS[2])
    own, loaded = recipe_of().reader(learned).read(texts).arrays, recipe.reader(found).read(texts).arrays
    assert own is not None
    assert loaded is not None
    assert own["token_ids"].tolist() == loaded["token_ids"].tolist()


def test_what_is_described_reads_the_same(learned: Learned, tmp_path: Path) -> None:
    spec = recipe_of().describe(learned, GraphSpec(file="text.onnx", inputs=(), outputs=()), tmp_path)
    before, after = (
        recipe_of().reader(learned).read(Item(TEXTS[2])),
        TextReader.open(spec, tmp_path).read(Item(TEXTS[2])),
    )
    assert before.arrays is not None
    assert after.arrays is not None
    assert before.arrays["token_ids"].tolist() == after.arrays["token_ids"].tolist()


def test_several_layers_can_be_side_by_side(learned: Learned) -> None:
    seed_everything(0)
    both = recipe_of(pooled_layers=[1, 2]).build(learned, DIMENSION).eval()
    last = recipe_of().build(learned, DIMENSION).eval()
    last.network.load_state_dict(both.network.state_dict())
    inputs = stacked(learned, *TEXTS)
    with torch.inference_mode():
        features = both.features(**inputs)
        assert features.shape == (len(TEXTS), 32)
        assert torch.equal(features[:, 16:], last.features(**inputs))
    assert both.projection.in_features == 32


CONTEXT = ContextSpec(turns=2, turn_tokens=12, speakers=True)
TURNS = (Turn("the food", "Ann"), Turn("a good day", "Bo"), Turn("awful", "Ann"))


def test_earlier_turns_follow_the_text_the_latest_first(learned: Learned) -> None:
    reader = recipe_of(context=CONTEXT).reader(learned)
    tokenizer = reader._tokenizer
    reading = reader.read(Item("good", speaker="Bo", context=TURNS))
    assert reading.arrays is not None
    own, latest, before, *rest = tokenizer.decode(
        reading.arrays["token_ids"].tolist(), skip_special_tokens=False
    ).split("[SEP]")
    assert "good" in own
    assert "awful" in latest
    assert "day" in before or "good" in before
    assert rest == [""]
    assert [warning.code for warning in reading.warnings] == ["context_truncated"]
    assert reader.read(Item("good", speaker="Bo", context=TURNS[2:])).warnings == ()


@torch.inference_mode()
def test_the_context_matters_where_it_is_read(learned: Learned) -> None:
    seed_everything(0)
    recipe = recipe_of(context=CONTEXT)
    encoder, reader = recipe.build(learned, DIMENSION).eval(), recipe.reader(learned)
    items = [Item("good day", context=context) for context in ((), TURNS[:1], TURNS)] + [Item("sun " * 20)]
    rows = [row for row in (reader.read(item).arrays for item in items) if row is not None]
    together, *alone = (
        encode(encoder, {key: torch.from_numpy(value) for key, value in reader.stack(of).items()})
        for of in (rows, *([row] for row in rows))
    )
    assert torch.allclose(together, torch.cat(alone), rtol=0, atol=1e-6)
    assert torch.pdist(together).min() > 1e-4
    without = recipe_of().reader(learned)
    assert all(without.read(item).arrays["token_counts"] == 4 for item in items[:3])  # type: ignore[index]
