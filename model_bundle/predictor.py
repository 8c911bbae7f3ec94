"""Runs one bundle: items in, predictions out."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from model_bundle.encoder import BATCH_SIZE, Encoder
from model_bundle.errors import NothingToPredictError, ValenceError
from model_bundle.folder import read_spec
from model_bundle.graph import Graph
from model_bundle.image import ImageReader
from model_bundle.item import Item
from model_bundle.metadata import MetadataReader
from model_bundle.prediction import HeadPrediction, Prediction
from model_bundle.probabilities import calibrated_probabilities
from model_bundle.reader import ModalityReader, Reading
from model_bundle.spec import BundleSpec, HeadSpec, ImageSpec, ModalitySpec, TextSpec
from model_bundle.stopwatch import Stopwatch
from model_bundle.text import TextReader


class Predictor:
    """A bundle, ready to answer. Graphs are opened on first use, so an item costs only the modalities it has.

    Safe to call from several threads.
    """

    def __init__(self, spec: BundleSpec, encoders: Mapping[str, Encoder], fusion: Graph) -> None:
        self.spec = spec
        self._encoders = encoders
        self._fusion = fusion

    @classmethod
    def open(cls, folder: Path, threads: int = 1) -> Self:
        """Open the bundle in `folder`, each graph running on `threads` threads; BundleError if it is not sound."""
        return cls.of(read_spec(folder), folder, threads)

    @classmethod
    def of(cls, spec: BundleSpec, folder: Path, threads: int = 1) -> Self:
        """Like `open`, for a description that has been read and checked already."""
        encoders: dict[str, Encoder] = {
            modality.kind: _open_encoder(modality, folder, threads) for modality in spec.modalities
        }
        return cls(spec, encoders, Graph(folder / spec.fusion.file, spec.fusion, threads))

    def warm_up(self) -> None:
        """Open every graph now, so that no item waits for it."""
        for graph in [*(encoder.graph for encoder in self._encoders.values()), self._fusion]:
            graph.open()

    def predict(self, item: Item) -> Prediction:
        """Judge one item; NothingToPredictError if it has nothing that this model reads."""
        answer = self.predict_batch([item])[0]
        if isinstance(answer, ValenceError):
            raise answer
        return answer

    def predict_batch(self, items: Sequence[Item]) -> list[Prediction | ValenceError]:
        """Judge several items, each as if it were alone: an item that can't be judged is an error in its place."""
        stopwatch = Stopwatch()
        readings = self._read(items)
        stopwatch.lap("read")
        answerable = [row for row in range(len(items)) if self._is_answerable(readings, row)]
        logits = self._logits(readings, answerable, stopwatch)
        answers: list[Prediction | ValenceError] = [
            self._nothing_to_predict([column[row] for column in readings]) for row in range(len(items))
        ]
        for position, row in enumerate(answerable):
            own = {head: values[position] for head, values in logits.items()}
            answers[row] = self._prediction(own, [column[row] for column in readings], stopwatch)
        return answers

    def logits(self, items: Sequence[Item]) -> dict[str, NDArray[np.float32]]:
        """Return each head's raw logits, float32 [items, labels]; an item with nothing to read gets the prior."""
        return self._logits(self._read(items), list(range(len(items))), Stopwatch())

    def _read(self, items: Sequence[Item]) -> list[list[Reading]]:
        return [[encoder.reader.read(item) for item in items] for encoder in self._encoders.values()]

    def _is_answerable(self, readings: list[list[Reading]], row: int) -> bool:
        return any(column[row].arrays is not None for column in readings)

    def _logits(
        self, readings: list[list[Reading]], rows: list[int], stopwatch: Stopwatch
    ) -> dict[str, NDArray[np.float32]]:
        if not rows:
            return {}
        chosen = [[column[row] for row in rows] for column in readings]
        embeddings = self._encode(chosen, stopwatch)
        present = np.array([[reading.arrays is not None for reading in column] for column in chosen]).T
        logits = self._fuse(embeddings, present)
        stopwatch.lap("fuse")
        return logits

    def _encode(self, readings: list[list[Reading]], stopwatch: Stopwatch) -> NDArray[np.float32]:
        embeddings = []
        for (name, encoder), column in zip(self._encoders.items(), readings, strict=True):
            embeddings.append(encoder.encode(column))
            # A modality that no item has takes no time, which would only blur what it takes where it is there.
            stopwatch.lap("encode", part=name if any(reading.arrays is not None for reading in column) else None)
        return np.stack(embeddings, axis=1)

    def _fuse(self, embeddings: NDArray[np.float32], present: NDArray[np.bool_]) -> dict[str, NDArray[np.float32]]:
        # The graph applies every mask to every item; each item then takes the row of its own mask.
        masks, mask_of_item = np.unique(present, axis=0, return_inverse=True)
        outputs = self._fusion.run({"embeddings": embeddings, "present": masks})
        items = np.arange(len(embeddings))
        heads = [head.name for head in self.spec.heads]
        return {head: output[mask_of_item.ravel(), items] for head, output in zip(heads, outputs, strict=True)}

    def _prediction(
        self, logits: dict[str, NDArray[np.float32]], readings: list[Reading], stopwatch: Stopwatch
    ) -> Prediction:
        present = [reading.arrays is not None for reading in readings]
        return Prediction(
            model=self.spec.name,
            version=self.spec.version,
            heads={head.name: _head_prediction(head, logits[head.name]) for head in self.spec.heads},
            modalities=dict(zip(self._encoders, present, strict=True)),
            warnings=tuple(notice for reading in readings for notice in reading.notices),
            timing_ms=stopwatch.milliseconds,
            encode_ms=stopwatch.parts,
        )

    def _nothing_to_predict(self, readings: list[Reading]) -> NothingToPredictError:
        kinds = " or ".join(self._encoders)
        reasons = [notice.message for reading in readings for notice in reading.notices]
        message = f"The model {self.spec.name!r} needs {kinds}, and the item has none that it can read."
        return NothingToPredictError(" ".join([message, *reasons]))


def _open_encoder(spec: ModalitySpec, folder: Path, threads: int) -> Encoder:
    graph = Graph(folder / spec.graph.file, spec.graph, threads)
    dimension = int(spec.graph.outputs[0].shape[-1])
    return Encoder(_open_reader(spec, folder), graph, dimension, batch_size=1 if spec.graph.runs_alone else BATCH_SIZE)


def _open_reader(spec: ModalitySpec, folder: Path) -> ModalityReader:
    if isinstance(spec, TextSpec):
        return TextReader.open(spec, folder)
    if isinstance(spec, ImageSpec):
        return ImageReader(spec)
    return MetadataReader.open(spec)


def _head_prediction(head: HeadSpec, logits: NDArray[np.float32]) -> HeadPrediction:
    probabilities = calibrated_probabilities(logits, head.temperature).tolist()
    scores = dict(zip(head.labels, probabilities, strict=True))
    label = max(scores, key=scores.__getitem__)
    return HeadPrediction(label=label, confidence=scores[label], scores=scores)
