"""What the ratios of n-grams are measured on."""

from collections.abc import Iterator, Mapping

import numpy as np
import torch
from torch import Tensor

from model_bundle.readers.text import TextReader
from training.datasets import Example
from training.fitting.batches import batches_by_length
from training.fitting.material import Material

BATCH_SIZE = 128


def labelled_batches(
    reader: TextReader, material: Material, device: torch.device
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Yield token ids int64 [B, tokens], token counts int64 [B] and shares of the last label float32 [B], on `device`.

    The labels are those of the first head; with more than two, each counts for as much as its place among them.
    """
    head, labels = next(iter(material.labels.items()))
    shares = [_share(example, head, labels) for example in material.examples]
    readings = zip(material.readings["text"], shares, strict=True)
    found = [(of.arrays, share) for of, share in readings if of.arrays is not None and share is not None]
    for rows in batches_by_length(np.array([reader.length(arrays) for arrays, _ in found]), BATCH_SIZE):
        inputs = reader.stack([found[row][0] for row in rows])
        tensors = [torch.from_numpy(inputs[name]) for name in ("token_ids", "token_counts")]
        tensors.append(torch.tensor([found[row][1] for row in rows], dtype=torch.float32))
        token_ids, token_counts, of_batch = (tensor.to(device) for tensor in tensors)
        yield token_ids, token_counts, of_batch


def _share(example: Example, head: str, labels: tuple[str, ...]) -> float | None:
    label = example.labels.get(head)
    shares: Mapping[str, float] = example.soft_labels.get(head) or ({label: 1.0} if label is not None else {})
    if not shares:
        return None
    return sum(place * shares.get(name, 0.0) for place, name in enumerate(labels)) / (len(labels) - 1)
