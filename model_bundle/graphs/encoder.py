"""One modality, from items to embeddings."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from model_bundle.graphs.graph import Graph
from model_bundle.readers.image import ImageReader
from model_bundle.readers.metadata import MetadataReader
from model_bundle.readers.reader import Arrays, ModalityReader, Reading
from model_bundle.readers.text import TextReader
from model_bundle.spec import ImageSpec, ModalitySpec, TextSpec

BATCH_SIZE = 16
LENGTH_RATIO = 1.25
"""Items share a batch while the longest is at most this much longer than the shortest: padding costs time too."""


class Encoder:
    """A reader and the graph that it feeds."""

    def __init__(self, reader: ModalityReader, graph: Graph, dimension: int, batch_size: int = BATCH_SIZE) -> None:
        self.reader = reader
        self.graph = graph
        self._dimension = dimension
        self._batch_size = batch_size

    @classmethod
    def open(cls, spec: ModalitySpec, folder: Path, threads: int) -> Self:
        """Open the encoder that a bundle describes; its graph opens on first use."""
        graph = Graph(folder / spec.graph.file, spec.graph, threads)
        dimension = int(spec.graph.outputs[0].shape[-1])
        return cls(_open_reader(spec, folder), graph, dimension, 1 if spec.graph.runs_alone else BATCH_SIZE)

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


def _open_reader(spec: ModalitySpec, folder: Path) -> ModalityReader:
    if isinstance(spec, TextSpec):
        return TextReader.open(spec, folder)
    if isinstance(spec, ImageSpec):
        return ImageReader(spec)
    return MetadataReader.open(spec)
