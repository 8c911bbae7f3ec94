"""Every modality's embeddings to the heads' answers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model_bundle.graphs.graph import Graph
from model_bundle.prediction import HeadPrediction
from model_bundle.spec import HeadSpec


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
