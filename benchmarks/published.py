"""Transformers whose accuracy on IMDB is published: their speed is measured here, with random weights."""

from collections.abc import Callable
from functools import partial
from typing import Final

import torch
from torch import nn
from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel

ACCURACIES: Final = {"BERT-base": 0.9346, "DistilBERT": 0.9282}
"""On IMDB's official test (Sanh et al. 2019, arXiv:1910.01108, table 2)."""
TOKENS_A_WORD: Final = 1.2
"""Of WordPiece in English reviews, so that a text of 230 words has about 280 tokens."""


def published_transformers(text: str) -> dict[str, tuple[float, Callable[[], object]]]:
    """Return published accuracy, and a call that takes as long as one text of that length, by name.

    Tokenizing and the classifier's last layer, which take little, are left out.
    """
    torch.set_num_threads(1)
    models: dict[str, nn.Module] = {
        "BERT-base": BertModel(BertConfig()).train(mode=False),
        "DistilBERT": DistilBertModel(DistilBertConfig()).train(mode=False),
    }
    token_ids = torch.full((1, round(TOKENS_A_WORD * len(text.split()))), 1000)
    return {name: (ACCURACIES[name], partial(_run, model, token_ids)) for name, model in models.items()}


@torch.inference_mode()
def _run(model: nn.Module, token_ids: torch.Tensor) -> object:
    return model(token_ids)
