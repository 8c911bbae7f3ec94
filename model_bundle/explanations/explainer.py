"""Why a prediction is what it is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model_bundle.explanations.shapley import coalitions, shapley_values
from model_bundle.explanations.spans import spans_of, without
from model_bundle.graphs.graph import FusionGraph, ModalityEncoder, calibrated_probabilities
from model_bundle.item import Item
from model_bundle.prediction import Explain, Explanation, HeadPrediction, Span

TEXT = "text"


@dataclass(frozen=True, slots=True)
class Predicted:
    """One item that has been encoded and predicted."""

    item: Item
    embeddings: NDArray[np.float32]
    """float32 [modalities, dimension]."""
    present: NDArray[np.bool_]
    """bool [modalities]."""
    heads: Mapping[str, HeadPrediction]


class Explainer:
    """Explains predictions with the graphs that made them; nothing but changed texts is encoded again."""

    def __init__(self, encoders: Mapping[str, ModalityEncoder], fusion: FusionGraph) -> None:
        self._encoders = encoders
        self._fusion = fusion

    def explain(self, judged: Predicted, wanted: Collection[Explain]) -> Explanation:
        """Return what is wanted."""
        explanation = self._modalities(judged) if "modalities" in wanted else Explanation()
        return replace(explanation, words=self._words(judged)) if "words" in wanted else explanation

    def _modalities(self, judged: Predicted) -> Explanation:
        """Weigh the modalities by their exact Shapley values; those that are present are the players."""
        players = np.flatnonzero(judged.present)
        masks = np.zeros((2**players.size, judged.present.size), np.bool_)
        masks[:, players] = coalitions(players.size)
        outcomes = self._fusion.probabilities(judged.embeddings, masks)
        values = {head: np.zeros((judged.present.size, table.shape[1])) for head, table in outcomes.items()}
        for head, table in outcomes.items():
            values[head][players] = shapley_values(table)
        return Explanation(
            modalities={
                name: self._by_label({head: rows[column] for head, rows in values.items()})
                for column, name in enumerate(self._encoders)
            },
            baseline=self._by_label({head: table[0] for head, table in outcomes.items()}),
        )

    def _by_label(self, rows: Mapping[str, NDArray[np.float64]]) -> dict[str, dict[str, float]]:
        return {head.name: dict(zip(head.labels, rows[head.name].tolist(), strict=True)) for head in self._fusion.heads}

    def _words(self, judged: Predicted) -> tuple[Span, ...]:
        """Leave each part of the text out, and compare."""
        text = judged.item.text
        if text is None or TEXT not in self._encoders:
            return ()
        spans = spans_of(text)
        if not spans:
            return ()
        logits = self._logits_of_texts(judged, [without(text, start, end) for start, end in spans])
        scores = {}
        for head in self._fusion.heads:
            answer = judged.heads[head.name]
            probabilities = calibrated_probabilities(logits[head.name], head.temperature)
            scores[head.name] = answer.confidence - probabilities[:, head.labels.index(answer.label)]
        return tuple(
            Span(start, end, {head: float(values[row]) for head, values in scores.items()})
            for row, (start, end) in enumerate(spans)
        )

    def _logits_of_texts(self, judged: Predicted, texts: list[str]) -> dict[str, NDArray[np.float32]]:
        """Predict the item once for each text, in its own text's place; a text with nothing in it is absent."""
        encoder, column = self._encoders[TEXT], list(self._encoders).index(TEXT)
        readings = [encoder.reader.read(replace(judged.item, text=text)) for text in texts]
        embeddings = np.repeat(judged.embeddings[None], len(texts), axis=0)
        embeddings[:, column] = encoder.encode(readings)
        present = np.repeat(judged.present[None], len(texts), axis=0)
        present[:, column] = [reading.arrays is not None for reading in readings]
        return self._fusion.logits(embeddings, present)
