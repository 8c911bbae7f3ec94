"""One ONNX graph, opened when it is first run."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Self

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from model_bundle.errors import BundleError
from model_bundle.folder import check_file
from model_bundle.prediction import HeadPrediction
from model_bundle.readers.reader import Arrays, ModalityReader, Reading
from model_bundle.spec import GraphSpec, HeadSpec, ModalitySpec, TensorSpec

_DTYPES = {"tensor(float)": "float32", "tensor(int64)": "int64", "tensor(uint8)": "uint8", "tensor(bool)": "bool"}


class Graph:
    """An ONNX graph whose inputs and outputs are checked against the bundle's description."""

    def __init__(self, path: Path, spec: GraphSpec, threads: int, sha256: str | None = None) -> None:
        """Describe the graph at `path`; with `sha256`, the file is checked when it is opened."""
        self.path = path
        self._sha256 = sha256
        self._spec = spec
        self._threads = threads
        self._session: onnxruntime.InferenceSession | None = None
        self._opening = Lock()

    @property
    def is_open(self) -> bool:
        """Whether the session has been opened."""
        return self._session is not None

    def open(self) -> None:
        """Open the session now, instead of when it is first needed."""
        self._opened()

    def run(self, inputs: Arrays) -> list[NDArray[Any]]:
        """Run the graph; outputs come in the order of the description."""
        return list(self._opened().run([output.name for output in self._spec.outputs], dict(inputs)))

    def _opened(self) -> onnxruntime.InferenceSession:
        with self._opening:
            if self._session is None:
                self._session = self._open()
            return self._session

    def _open(self) -> onnxruntime.InferenceSession:
        if self._sha256 is not None:
            check_file(self.path, self._sha256)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        try:
            session = onnxruntime.InferenceSession(str(self.path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own exceptions share no public base class
            raise BundleError(f"{self.path} can't be opened: {error}") from error
        self._check("inputs", session.get_inputs(), self._spec.inputs)
        self._check("outputs", session.get_outputs(), self._spec.outputs)
        return session

    def _check(self, side: str, actual: list[Any], expected: tuple[TensorSpec, ...]) -> None:
        found = {node.name: (_DTYPES.get(node.type, node.type), _fixed_axes(node.shape)) for node in actual}
        wanted = {tensor.name: (tensor.dtype, _fixed_axes(tensor.shape)) for tensor in expected}
        if found != wanted:
            raise BundleError(f"{self.path}: its {side} are {found}, but the bundle describes {wanted}.")


def _fixed_axes(shape: Any) -> tuple[int | None, ...]:
    return tuple(axis if isinstance(axis, int) else None for axis in shape)


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


def calibrated_probabilities(logits: NDArray[np.float32], temperature: float) -> NDArray[np.float64]:
    """Softmax over the last axis of `logits / temperature` (Guo et al. 2017, arXiv:1706.04599)."""
    scaled = logits.astype(np.float64) / temperature
    weights = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    probabilities: NDArray[np.float64] = weights / weights.sum(axis=-1, keepdims=True)
    return probabilities


class FusionGraph:
    """The fusion graph, and the heads that are its outputs."""

    def __init__(self, graph: Graph, heads: Sequence[HeadSpec]) -> None:
        self.graph = graph
        self.heads = tuple(heads)

    def judge(self, embeddings: NDArray[np.float32], present: NDArray[np.bool_]) -> list[dict[str, HeadPrediction]]:
        """Like `logits`, but returns each item's answers by head."""
        logits = self.logits(embeddings, present)
        return [
            {head.name: _head_prediction(head, logits[head.name][row]) for head in self.heads}
            for row in range(len(embeddings))
        ]

    def logits(self, embeddings: NDArray[np.float32], present: NDArray[np.bool_]) -> dict[str, NDArray[np.float32]]:
        """Apply to each item its own mask: `embeddings` [items, modalities, dimension], `present` [items, modalities].

        Returns float32 [items, labels] by head.
        """
        # The graph applies every mask to every item; each item then takes the row of its own mask.
        masks, mask_of_item = np.unique(present, axis=0, return_inverse=True)
        outputs = self.graph.run({"embeddings": embeddings, "present": masks})
        items = np.arange(len(embeddings))
        return {
            head.name: output[mask_of_item.ravel(), items] for head, output in zip(self.heads, outputs, strict=True)
        }

    def probabilities(
        self, embeddings: NDArray[np.float32], masks: NDArray[np.bool_]
    ) -> dict[str, NDArray[np.float64]]:
        """Apply every mask to one item: `embeddings` [modalities, dimension], `masks` [masks, modalities].

        Returns calibrated probabilities, float64 [masks, labels], by head.
        """
        outputs = self.graph.run({"embeddings": embeddings[None], "present": masks})
        return {
            head.name: calibrated_probabilities(output[:, 0], head.temperature)
            for head, output in zip(self.heads, outputs, strict=True)
        }


def _head_prediction(head: HeadSpec, logits: NDArray[np.float32]) -> HeadPrediction:
    probabilities = calibrated_probabilities(logits, head.temperature).tolist()
    scores = dict(zip(head.labels, probabilities, strict=True))
    label = max(scores, key=scores.__getitem__)
    return HeadPrediction(label=label, confidence=scores[label], scores=scores)
