from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer

from model_bundle import Item
from tests.training.tiny import TINY_TEACHER
from training.datasets import Example
from training.encoders import language_model
from training.encoders.language_model import LanguageModelRecipe, Masking, learn_language
from training.encoders.pretrained import BERT, build_network, read_configuration
from training.encoders.tokenizer import MASK_TOKEN, train_wordpiece
from training.fitting.material import Material

TEXTS = ["the cat sat on the mat", "the dog sat on the rug", "a cat and a dog and a mat", "so long " * 30]
RECIPE = LanguageModelRecipe(epochs=2, batch_size=4, max_tokens=32, min_tokens=0)


@pytest.fixture
def tokenizer() -> Tokenizer:
    return train_wordpiece(TEXTS, 200)


@pytest.fixture
def material(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Material:
    """Labelled and unlabelled texts, and a cache of their own."""
    monkeypatch.setenv("VALENCE_CACHE", str(tmp_path / "cache"))
    examples = [Example(str(number), Item(text), {}, "") for number, text in enumerate([*TEXTS, None])]
    return Material(examples[:2], examples[2:])


def network(tokenizer: Tokenizer) -> Any:
    torch.manual_seed(0)
    architecture = TINY_TEACHER["encoders.text.architecture"]
    assert isinstance(architecture, dict)
    sizes = architecture | {"vocab_size": tokenizer.get_vocab_size()}
    return build_network(BERT, read_configuration(BERT, None, sizes))


def test_the_network_learns_to_guess(tokenizer: Tokenizer, material: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    losses: list[float] = []
    loss = language_model._loss

    def noted(*arguments: Any) -> torch.Tensor:
        found = loss(*arguments)
        losses.append(found.item())
        return found

    monkeypatch.setattr(language_model, "_loss", noted)
    recipe = replace(RECIPE, epochs=120, learning_rate=5e-3, warmup_steps=5)
    learn_language(recipe, network(tokenizer), tokenizer, material, "published")
    assert len(losses) == 120
    assert sum(losses[-10:]) < 0.6 * sum(losses[:10])


def test_what_was_learned_is_kept(tokenizer: Tokenizer, material: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, other = network(tokenizer), network(tokenizer), network(tokenizer)
    learn_language(RECIPE, one, tokenizer, material, "published")
    monkeypatch.setattr(language_model, "_learn", lambda *_: None)
    learn_language(RECIPE, two, tokenizer, material, "published")
    learn_language(RECIPE, other, tokenizer, material, "another")
    same = [torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True)]
    assert all(same)
    assert not torch.equal(one.embeddings.word_embeddings.weight, other.embeddings.word_embeddings.weight)


def test_short_texts_are_left_out(tokenizer: Tokenizer, material: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    epoch = language_model._epoch

    def noted(recipe: LanguageModelRecipe, lengths: Any, number: int) -> list[list[int]]:
        seen.extend(lengths.tolist())
        return epoch(recipe, lengths, number)

    monkeypatch.setattr(language_model, "_epoch", noted)
    learn_language(replace(RECIPE, epochs=1, min_tokens=9), network(tokenizer), tokenizer, material, "published")
    assert sorted(seen) == [10, 32]


def test_only_words_are_masked(tokenizer: Tokenizer) -> None:
    torch.manual_seed(0)
    ids = torch.tensor([tokenizer.encode(" ".join(TEXTS[:3])).ids + [0] * 5] * 400)
    is_token = torch.ones_like(ids, dtype=torch.bool)
    is_token[:, -5:] = False
    shown, chosen = Masking(0.2, tokenizer)(ids, is_token)
    words = chosen[:, 1:-6]
    assert not chosen[:, 0].any()
    assert not chosen[:, -6:].any()
    assert torch.mean(words, dtype=torch.float32).item() == pytest.approx(0.2, abs=0.02)
    assert torch.equal(shown[~chosen], ids[~chosen])
    mask = tokenizer.token_to_id(MASK_TOKEN)
    assert mask is not None
    masked = torch.eq(shown[chosen], mask).float().mean().item()
    assert masked == pytest.approx(0.8, abs=0.03)
