"""Word vectors out of a BERT that an earlier run trained."""

from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from training.errors import RecipeError
from training.fitting.checkpoint_file import read_checkpoint

PIECES = "encoders.text.network.embeddings.word_embeddings.weight"
DEVIATION = 0.15
"""Of the vectors' numbers, near that of vectors which start at random."""
MAIN_WORDS = 20_000
"""The most frequent words, whose main directions are kept."""


def word_vectors_of_run(checkpoint: str, tokenizer: Tokenizer, dimension: int) -> Tensor:
    """Return vectors float32 [vocabulary, dimension] of the tokenizer's words, each the mean of its pieces' vectors.

    Of the run's directions those are kept that tell the words apart most. RecipeError where the run has no BERT.
    """
    content = read_checkpoint(Path(checkpoint))
    if PIECES not in content["model"]:
        raise RecipeError(f"{checkpoint} has no BERT whose word pieces have vectors; name the run of one.")
    vectors: Tensor = content["model"][PIECES].float()
    pieces = Tokenizer.from_str(str(content["description"]["learned"]["text"]["tokenizer"]))
    words = [tokenizer.id_to_token(row) for row in range(tokenizer.get_vocab_size())]
    encodings = pieces.encode_batch(words, add_special_tokens=False)
    means = torch.stack([vectors[encoding.ids or [0]].mean(dim=0) for encoding in encodings])
    centred = means - means.mean(dim=0)
    if dimension > centred.shape[1]:
        raise RecipeError(f"word_dimension is {dimension}, but {checkpoint} has vectors of {centred.shape[1]} numbers.")
    directions = torch.linalg.svd(centred[:MAIN_WORDS], full_matrices=False).Vh[:dimension]
    kept: Tensor = centred @ directions.T
    return kept / kept.std() * DEVIATION
