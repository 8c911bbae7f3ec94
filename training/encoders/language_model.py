"""Going on with a published BERT's own task on the texts at hand, before any label is seen.

Words are masked and guessed from their context (Devlin et al. 2019, arXiv:1810.04805), which brings a network closer to
the language that it will predict (Gururangan et al. 2020, "Don't Stop Pretraining", arXiv:2004.10964).
"""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from training.datasets.cache import cache_folder, cache_is_optional
from training.encoders.tokenizer import MASK_TOKEN
from training.errors import CheckpointError, RecipeError
from training.fitting.batches import shuffled_batches
from training.fitting.checkpoint_file import read_checkpoint, write_checkpoint
from training.fitting.material import Material
from training.fitting.random_state import seed_everything

REPLACED, KEPT = 0.1, 0.1
"""Of the masked words, how many become another one, and how many stay as they are."""

Ids = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class LanguageModelRecipe:
    """How a network goes on learning the language."""

    epochs: Annotated[int, Field(gt=0)] = 2
    batch_size: Annotated[int, Field(gt=1)] = 64
    learning_rate: Annotated[float, Field(gt=0)] = 5e-4
    warmup_steps: Annotated[int, Field(gt=0)] = 60
    masked: Annotated[float, Field(gt=0, lt=1)] = 0.15
    """Share of words that are to be guessed."""
    max_tokens: Annotated[int, Field(gt=2)] = 512
    """Of longer texts the beginning is read in every other batch, and the end in the others."""
    min_tokens: Annotated[int, Field(ge=0)] = 64
    """Shorter texts are left out: they have little context to guess from."""
    seed: int = 0


def learn_language(
    recipe: LanguageModelRecipe, network: Any, tokenizer: Tokenizer, material: Material, checkpoint: str
) -> None:
    """Train `network` on all texts of the material, labelled or not; what comes of it is kept in the cache.

    `checkpoint` names the weights that the network has, as a part of the key.
    """
    texts = [example.item.text for example in (*material.examples, *material.unlabelled) if example.item.text]
    path = cache_folder() / f"language_model_{_key(recipe, tokenizer, texts, checkpoint)}.pt"
    try:
        network.load_state_dict(read_checkpoint(path)["network"])
    except (CheckpointError, KeyError, RuntimeError):
        _learn(recipe, network, tokenizer, texts)
        with cache_is_optional(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_checkpoint(path, {"network": network.state_dict()})


def _learn(recipe: LanguageModelRecipe, network: Any, tokenizer: Tokenizer, texts: Sequence[str]) -> None:
    seed_everything(recipe.seed)
    device = next(network.parameters()).device
    encoded = (np.array(encoding.ids, np.int64) for encoding in tokenizer.encode_batch(list(texts)))
    ids = [text for text in encoded if len(text) >= recipe.min_tokens]
    network.train()
    guess = Guess(network.config.hidden_size, network.config.vocab_size).to(device)
    parameters = [*network.parameters(), *guess.parameters()]
    optimiser = torch.optim.AdamW(parameters, recipe.learning_rate, weight_decay=0.01)
    lengths = np.array([min(len(text), recipe.max_tokens) for text in ids])
    batches = [rows for epoch in range(recipe.epochs) for rows in _epoch(recipe, lengths, epoch)]
    masking = Masking(recipe.masked, tokenizer)
    with tqdm(batches, desc="learning the language", unit="batch", leave=False) as bar:
        for step, rows in enumerate(bar):
            inputs = [values.to(device) for values in _padded(_cut(recipe, ids, rows, step))]
            rate = recipe.learning_rate * _share_of_rate(step, recipe.warmup_steps, len(batches))
            for group in optimiser.param_groups:
                group["lr"] = rate
            with torch.autocast(device.type, torch.bfloat16, enabled=device.type != "cpu"):
                loss = _loss(network, guess, masking, *inputs)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            bar.set_postfix(loss=f"{loss.item():.3f}")
    network.eval()


class Guess(nn.Module):
    """Turns the states of masked words into scores of all words, with the network's own word vectors."""

    def __init__(self, width: int, vocabulary: int) -> None:
        super().__init__()
        self.transform = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        self.bias = nn.Parameter(torch.zeros(vocabulary))

    def forward(self, states: Tensor, words: Tensor) -> Tensor:
        """Score `states` float32 [N, width] by `words` float32 [vocabulary, width]; returns float32 [N, vocabulary]."""
        return functional.linear(self.transform(states), words, self.bias)


class Masking:
    """Chooses the words to be guessed, and hides most of them."""

    def __init__(self, share: float, tokenizer: Tokenizer) -> None:
        self._share = share
        self._words = tokenizer.get_vocab_size()
        mask = tokenizer.token_to_id(MASK_TOKEN)
        if mask is None:
            raise RecipeError(f"The tokenizer has no {MASK_TOKEN}: this network never was a masked language model.")
        self._mask = mask
        self._added = tokenizer.encode("").ids
        """Tokens such as [CLS] that every text has."""

    def __call__(self, token_ids: Tensor, is_token: Tensor) -> tuple[Tensor, Tensor]:
        """Return the ids int64 [B, tokens] as the network sees them, and bool [B, tokens]: what is to be guessed."""
        is_word = is_token & ~torch.isin(token_ids, torch.tensor(self._added, device=token_ids.device))
        chosen = is_word & (torch.rand(token_ids.shape, device=token_ids.device) < self._share)
        draw = torch.rand(token_ids.shape, device=token_ids.device)
        shown = torch.where(chosen & (draw < 1 - REPLACED - KEPT), self._mask, token_ids)
        others = torch.randint_like(token_ids, self._words)
        return torch.where(chosen & (draw >= 1 - REPLACED), others, shown), chosen


def _loss(network: Any, guess: Guess, masking: Masking, token_ids: Tensor, is_token: Tensor) -> Tensor:
    shown, chosen = masking(token_ids, is_token)
    states = network(input_ids=shown, attention_mask=is_token.long()).last_hidden_state[chosen]
    scores = guess(states, network.embeddings.word_embeddings.weight)
    # Where chance chose no word there is nothing to learn, and the mean over nothing would be NaN.
    return functional.cross_entropy(scores.float(), token_ids[chosen], reduction="sum") / max(1, len(states))


def _epoch(recipe: LanguageModelRecipe, lengths: NDArray[np.int64], epoch: int) -> list[list[int]]:
    return shuffled_batches(lengths, recipe.batch_size, recipe.seed * 10_000 + epoch)


def _cut(recipe: LanguageModelRecipe, ids: Sequence[Ids], rows: Sequence[int], step: int) -> list[Ids]:
    kept = slice(None, recipe.max_tokens) if step % 2 else slice(-recipe.max_tokens, None)
    return [ids[row][kept] for row in rows]


def _padded(texts: Sequence[Ids]) -> tuple[Tensor, Tensor]:
    token_ids = nn.utils.rnn.pad_sequence([torch.from_numpy(text) for text in texts], batch_first=True)
    counts = torch.tensor([len(text) for text in texts])
    return token_ids, torch.arange(token_ids.shape[1])[None, :] < counts[:, None]


def _share_of_rate(step: int, warm: int, steps: int) -> float:
    return min(1.0, (step + 1) / warm) * 0.5 * (1 + math.cos(math.pi * step / steps))


def _key(recipe: LanguageModelRecipe, tokenizer: Tokenizer, texts: Sequence[str], checkpoint: str) -> str:
    parts = [asdict(recipe), tokenizer.to_str(), Path(checkpoint).name]
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode())
    for text in texts:
        digest.update(text.encode())
    return digest.hexdigest()[:32]
