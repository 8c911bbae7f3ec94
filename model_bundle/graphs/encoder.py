"""One modality, from items to embeddings."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from model_bundle.folder import check_file
from model_bundle.graphs.graph import Graph
from model_bundle.readers.reader import Arrays, ModalityReader, Reading
from model_bundle.spec import ModalitySpec

BATCH_SIZE = 16
LENGTH_RATIO = 1.25
"""Items share a batch while the longest is at most this much longer than the shortest: padding costs time too."""


class ModalityEncoder:
    """A reader and the graph that it feeds."""

    def __init__(self, reader: ModalityReader, graph: Graph, dimension: int, batch_size: int = BATCH_SIZE) -> None:
        self.reader = reader
        self.graph = graph
        self._dimension = dimension
        self._batch_size = batch_size

    @classmethod
    def open(cls, spec: ModalitySpec, folder: Path, hashes: Mapping[str, str], threads: int) -> Self:
        """Open the encoder that a bundle describes; its graph opens on first use. `hashes` are its files' sha256."""
        for asset in spec.assets:
            check_file(folder / asset, hashes[asset])
        graph = Graph(folder / spec.graph.file, spec.graph, threads, hashes[spec.graph.file])
        dimension = int(spec.graph.outputs[0].shape[-1])
        return cls(spec.open_reader(folder), graph, dimension, 1 if spec.graph.runs_alone else BATCH_SIZE)

    def encode(self, readings: Sequence[Reading]) -> NDArray[np.float32]:
        """Return embeddings float32 [items, dimension]; rows of items that lack the modality stay zero, unread."""
        embeddings = np.zeros((len(readings), self._dimension), np.float32)
        present = {row: reading.arrays for row, reading in enumerate(readings) if reading.arrays is not None}
        for rows in self._batches(present):
            inputs = self.reader.stack([present[row] for row in rows])
            embeddings[rows] = self.graph.run(inputs)[0]
        return embeddings

    def _batches(self, present: dict[int, Arrays]) -> Iterator[list[int]]:
        lengths = {row: self.reader.length(arrays) for row, arrays in present.items()}
        batch: list[int] = []
        for row in sorted(lengths, key=lengths.__getitem__):
            if batch and (len(batch) == self._batch_size or lengths[row] > LENGTH_RATIO * lengths[batch[0]]):
                yield batch
                batch = []
            batch.append(row)
        if batch:
            yield batch
