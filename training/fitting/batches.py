"""Examples as tensors."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from model_bundle.item import Item
from model_bundle.readers.reader import ModalityReader, Reading
from model_bundle.readers.text import TextReader
from training.datasets import Example

CHUNK_BATCHES = 64
"""Examples are sorted by length within chunks of so many batches: little padding, still well mixed."""


def shuffled_batches(lengths: NDArray[np.int64], batch_size: int, seed: int) -> list[list[int]]:
    """Return batches of rows in random order, of similar length within a batch; the same for the same seed.

    A last batch of one row is dropped: batch normalisation can't learn from it.
    """
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(lengths))
    batches = [
        batch for chunk in _chunks(order, batch_size * CHUNK_BATCHES) for batch in _sorted(chunk, lengths, batch_size)
    ]
    usable = [batch for batch in batches if len(batch) > 1]
    return [usable[position] for position in generator.permutation(len(usable))]


def batches_by_length(lengths: NDArray[np.int64], batch_size: int) -> list[list[int]]:
    """Return all rows in batches from the shortest to the longest."""
    return list(_sorted(np.arange(len(lengths)), lengths, batch_size))


def _sorted(rows: NDArray[np.int64], lengths: NDArray[np.int64], batch_size: int) -> Iterator[list[int]]:
    ordered = rows[np.argsort(lengths[rows], kind="stable")]
    return (batch.tolist() for batch in _chunks(ordered, batch_size))


def _chunks(rows: NDArray[np.int64], size: int) -> Iterator[NDArray[np.int64]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


MEDIA = {"audio": ("audio", "video"), "video": ("video", "image")}
"""Fields of an item that a modality decodes."""
UNLABELLED = -100
"""Stands for the class of an example that has none."""


READ_AT_ONCE = 1024
"""Examples; texts are tokenised on every processor."""


@dataclass(frozen=True)
class Batch:
    """Several examples, ready for the model."""

    inputs: Mapping[str, Mapping[str, Tensor]]
    """Each encoder's inputs, by modality, of just the items that have it."""
    rows: Mapping[str, Tensor]
    """Which items those are, int64, by modality."""
    present: Tensor
    """bool [B, M]."""
    shares: Mapping[str, Tensor]
    """Share of each label by head, float32 [B, labels]: all of it for the label of an item that has one, nothing for an
    item that has neither a label nor soft ones."""

    def to(self, device: torch.device) -> "Batch":
        """Copy to a device."""
        inputs = {name: {key: value.to(device) for key, value in of.items()} for name, of in self.inputs.items()}
        rows = {name: value.to(device) for name, value in self.rows.items()}
        shares = {head: value.to(device) for head, value in self.shares.items()}
        return Batch(inputs, rows, self.present.to(device), shares)

    def keeping(self, mask: Tensor) -> "Batch":
        """Return the batch with only the modalities of `mask`, bool [M]."""
        return replace(self, present=self.present & mask)


class FeatureSet:
    """Examples, each read once by the readers that the bundle will use too."""

    def __init__(
        self, examples: Sequence[Example], readers: Mapping[str, ModalityReader], labels: Mapping[str, Sequence[str]]
    ) -> None:
        """Read the examples; `labels` are the labels by head, in the order of the logits."""
        self.examples = list(examples)
        self.readers = readers
        self.readings = _read(self.examples, readers)
        self.targets = {head: _targets(self.examples, head, names) for head, names in labels.items()}
        """Class by head, int64 [examples]; UNLABELLED where an example has none."""
        self.shares = {head: _shares(self.examples, head, names) for head, names in labels.items()}
        """Share of each label by head, float32 [examples, labels]; an example's soft labels count before its label."""
        self.lengths = np.array([self._length(readings) for readings in self.readings])

    def __len__(self) -> int:
        return len(self.examples)

    def batch(self, rows: Sequence[int]) -> Batch:
        """Make a batch of some of the examples."""
        shares = {head: torch.from_numpy(values[list(rows)]) for head, values in self.shares.items()}
        return collate([self.readings[row] for row in rows], self.readers, shares)

    def by_modality(self) -> dict[str, list[Reading]]:
        """Return each modality's readings, in the examples' order."""
        return {name: [row[name] for row in self.readings] for name in self.readers}

    def _length(self, readings: Mapping[str, Reading]) -> int:
        return max(
            (self.readers[name].length(reading.arrays) for name, reading in readings.items() if reading.arrays),
            default=0,
        )


def _read(examples: Sequence[Example], readers: Mapping[str, ModalityReader]) -> list[dict[str, Reading]]:
    readings: list[dict[str, Reading]] = []
    memory: dict[Hashable, Reading] = {}
    with tqdm(total=len(examples), desc="reading examples", unit="example", leave=False) as bar:
        for start in range(0, len(examples), READ_AT_ONCE):
            items = [example.item for example in examples[start : start + READ_AT_ONCE]]
            by_modality = [_read_items(reader, name, items, memory) for name, reader in readers.items()]
            readings += [dict(zip(readers, row, strict=True)) for row in zip(*by_modality, strict=True)]
            bar.update(len(items))
    return readings


def _read_items(
    reader: ModalityReader, name: str, items: Sequence[Item], memory: dict[Hashable, Reading]
) -> list[Reading]:
    if isinstance(reader, TextReader):
        return reader.read_many(items)
    return [_read_item(reader, name, item, memory) for item in items]


def _read_item(reader: ModalityReader, name: str, item: Item, memory: dict[Hashable, Reading]) -> Reading:
    """Read an item; a recording or clip that several items have is decoded once."""
    medium = tuple(getattr(item, field) for field in MEDIA.get(name, ()))
    if not any(medium):
        return reader.read(item)
    if (name, medium) not in memory:
        memory[name, medium] = reader.read(item)
    return memory[name, medium]


def collate(
    readings: Sequence[Mapping[str, Reading]], readers: Mapping[str, ModalityReader], shares: Mapping[str, Tensor]
) -> Batch:
    """Make a batch of items, each as every modality reads it."""
    inputs, positions = {}, {}
    for name, reader in readers.items():
        found = {at: row[name].arrays for at, row in enumerate(readings)}
        arrays = [value for value in found.values() if value is not None]
        if arrays:
            inputs[name] = {key: torch.from_numpy(value) for key, value in reader.stack(arrays).items()}
            positions[name] = torch.tensor([at for at, value in found.items() if value is not None])
    present = torch.tensor([[row[name].arrays is not None for name in readers] for row in readings])
    return Batch(inputs, positions, present, shares)


def _targets(examples: Sequence[Example], head: str, labels: Sequence[str]) -> NDArray[np.int64]:
    classes = {label: at for at, label in enumerate(labels)}
    found = [example.labels.get(head) for example in examples]
    return np.array([UNLABELLED if label is None else classes[label] for label in found], np.int64)


def _certain(label: str | None) -> dict[str, float]:
    return {} if label is None else {label: 1.0}


def _shares(examples: Sequence[Example], head: str, labels: Sequence[str]) -> NDArray[np.float32]:
    """Return shares that sum to 1, float32 [examples, labels]; zeros for an example without labels."""
    found = [example.soft_labels.get(head) or _certain(example.labels.get(head)) for example in examples]
    table = [[soft.get(label, 0.0) for label in labels] for soft in found]
    values = np.array(table, np.float32).reshape(len(examples), len(labels))
    totals: NDArray[np.float32] = np.maximum(values.sum(axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return np.divide(values, totals, dtype=np.float32)
