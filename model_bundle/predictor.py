"""Runs one bundle: items in, predictions out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from model_bundle.errors import NothingToPredictError, ValenceError
from model_bundle.explanations.explainer import Explainer, Predicted
from model_bundle.folder import read_spec
from model_bundle.graphs.graph import FusionGraph, Graph, ModalityEncoder
from model_bundle.item import Item
from model_bundle.prediction import Explain, Explanation, Prediction, PredictionWarning, Segment
from model_bundle.readers.reader import Readings, Stopwatch, read_items
from model_bundle.spec import BundleSpec
from model_bundle.timeline import Window, windows


@dataclass(frozen=True, slots=True)
class _Question:
    item: Item
    readings: Readings
    wanted: Collection[Explain]


class Predictor:
    """A bundle, ready to answer. Graphs are opened on first use, so an item costs only the modalities it has.

    Safe to call from several threads.
    """

    def __init__(self, spec: BundleSpec, encoders: Mapping[str, ModalityEncoder], fusion: FusionGraph) -> None:
        self.spec = spec
        self._encoders = encoders
        self._fusion = fusion
        self._explainer = Explainer(encoders, fusion)

    @classmethod
    def open(cls, folder: Path, threads: int = 1) -> Self:
        """Open the bundle in `folder`, each graph running on `threads` threads; BundleError if it is not sound."""
        return cls.of(read_spec(folder), folder, threads)

    @classmethod
    def of(cls, spec: BundleSpec, folder: Path, threads: int = 1) -> Self:
        """Like `open`, for a description that has been read and checked already."""
        encoders: dict[str, ModalityEncoder] = {
            modality.kind: ModalityEncoder.open(modality, folder, spec.files, threads) for modality in spec.modalities
        }
        fusion = Graph(folder / spec.fusion.file, spec.fusion, threads, spec.files[spec.fusion.file])
        return cls(spec, encoders, FusionGraph(fusion, spec.heads))

    def warm_up(self) -> None:
        """Open every graph now, so that no item waits for it."""
        for graph in [*(encoder.graph for encoder in self._encoders.values()), self._fusion.graph]:
            graph.open()

    def predict(self, item: Item, explain: Collection[Explain] = ()) -> Prediction:
        """Predict one item, and explain the answer if asked to.

        NothingToPredictError if it has nothing that this model reads; ImageTooLargeError or ImageUndecodableError if
        its image can't be read.
        """
        answer = self.predict_batch([item], [explain])[0]
        if isinstance(answer, ValenceError):
            raise answer
        return answer

    def predict_batch(
        self, items: Sequence[Item], explains: Sequence[Collection[Explain]] | None = None
    ) -> list[Prediction | ValenceError]:
        """Predict several items, each as if it were alone: an item that can't be predicted is an error in its place.

        `explains` says for each item what is to be explained; None: nothing.
        """
        stopwatch = Stopwatch()
        wanted = explains if explains is not None else [()] * len(items)
        outcomes = self._outcomes(items, wanted, stopwatch)
        return self._with_segments(items, outcomes, stopwatch)

    def _outcomes(
        self, items: Sequence[Item], wanted: Sequence[Collection[Explain]], stopwatch: Stopwatch
    ) -> list[Prediction | ValenceError]:
        outcomes = [self._judgeable(outcome) for outcome in self._read(items, stopwatch)]
        questions = [
            _Question(item, outcome, own)
            for item, outcome, own in zip(items, outcomes, wanted, strict=True)
            if not isinstance(outcome, ValenceError)
        ]
        predictions = iter(self._predictions(questions, stopwatch))
        return [outcome if isinstance(outcome, ValenceError) else next(predictions) for outcome in outcomes]

    def _with_segments(
        self, items: Sequence[Item], outcomes: list[Prediction | ValenceError], stopwatch: Stopwatch
    ) -> list[Prediction | ValenceError]:
        """Add the answers for the parts of long clips."""
        if all(item.audio is None and item.video is None for item in items):
            return outcomes
        cuts = [
            windows(item) if isinstance(outcome, Prediction) else []
            for item, outcome in zip(items, outcomes, strict=True)
        ]
        parts = [window.item for cut in cuts for window in cut]
        if not parts:
            return outcomes
        answers = iter(self._outcomes(parts, [()] * len(parts), Stopwatch()))
        segmented: list[Prediction | ValenceError] = []
        for outcome, cut in zip(outcomes, cuts, strict=True):
            found = [_segment(window, next(answers)) for window in cut]
            segments = tuple(segment for segment in found if segment is not None)
            segmented.append(replace(outcome, segments=segments) if isinstance(outcome, Prediction) else outcome)
        stopwatch.lap("segments")
        return segmented

    def logits(self, items: Sequence[Item]) -> dict[str, NDArray[np.float32]]:
        """Return each head's raw logits, float32 [items, labels]; an item with nothing to read gets the prior.

        Raises the ValenceError of an item that can't be read.
        """
        readings = []
        for outcome in self._read(items, Stopwatch()):
            if isinstance(outcome, ValenceError):
                raise outcome
            readings.append(outcome)
        return self._fusion.logits(*self._encode(readings, Stopwatch())) if readings else {}

    def _read(self, items: Sequence[Item], stopwatch: Stopwatch) -> list[Readings | ValenceError]:
        return read_items([encoder.reader for encoder in self._encoders.values()], items, stopwatch)

    def _judgeable(self, outcome: Readings | ValenceError) -> Readings | ValenceError:
        if isinstance(outcome, ValenceError) or any(reading.arrays is not None for reading in outcome):
            return outcome
        kinds = " or ".join(self._encoders)
        reasons = [warning.message for reading in outcome for warning in reading.warnings]
        message = f"The model {self.spec.name!r} needs {kinds}, and the item has none that it can read."
        return NothingToPredictError(" ".join([message, *reasons]))

    def _predictions(self, questions: Sequence[_Question], stopwatch: Stopwatch) -> list[Prediction]:
        if not questions:
            return []
        embeddings, present = self._encode([question.readings for question in questions], stopwatch)
        heads = self._fusion.judge(embeddings, present)
        stopwatch.lap("fuse")
        items = [question.item for question in questions]
        judged = [Predicted(*parts) for parts in zip(items, embeddings, present, heads, strict=True)]
        explanations = [
            self._explainer.explain(one, question.wanted) if question.wanted else None
            for one, question in zip(judged, questions, strict=True)
        ]
        if any(question.wanted for question in questions):
            stopwatch.lap("explain")
        return [self._prediction(*parts, stopwatch) for parts in zip(questions, judged, explanations, strict=True)]

    def _encode(
        self, readings: Sequence[Readings], stopwatch: Stopwatch
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        embeddings = []
        present = np.array([[reading.arrays is not None for reading in row] for row in readings])
        for column, (name, encoder) in enumerate(self._encoders.items()):
            embeddings.append(encoder.encode([row[column] for row in readings]))
            # A modality that no item has takes no time, which would only blur what it takes where it is there.
            stopwatch.lap("encode", part=name if present[:, column].any() else None)
        return np.stack(embeddings, axis=1), present

    def _prediction(
        self, question: _Question, judged: Predicted, explanation: Explanation | None, stopwatch: Stopwatch
    ) -> Prediction:
        return Prediction(
            model=self.spec.name,
            version=self.spec.version,
            heads=judged.heads,
            modalities=dict(zip(self._encoders, judged.present.tolist(), strict=True)),
            # Once each: two modalities may read the same clip.
            warnings=tuple(
                dict.fromkeys(
                    [
                        *(warning for reading in question.readings for warning in reading.warnings),
                        *self._unclear(judged),
                    ]
                )
            ),
            timing_ms=stopwatch.milliseconds,
            encode_ms=stopwatch.parts,
            explanation=explanation,
        )

    def _unclear(self, judged: Predicted) -> Iterator[PredictionWarning]:
        for head in self.spec.heads:
            confidence = judged.heads[head.name].confidence
            if head.unclear_below is not None and confidence < head.unclear_below:
                message = (
                    f"The {head.name} is unclear: its confidence is {confidence:.2f}, and this model is often wrong "
                    f"below {head.unclear_below:.2f}. Perhaps the item takes no side."
                )
                yield PredictionWarning(f"{head.name}_unclear", message)


def _warnings(readings: Readings) -> Iterator[PredictionWarning]:
    return (warning for reading in readings for warning in reading.warnings)


def _segment(window: Window, answer: Prediction | ValenceError) -> Segment | None:
    if isinstance(answer, ValenceError):
        return None
    return Segment(window.start_seconds, window.end_seconds, answer.heads, answer.modalities)
