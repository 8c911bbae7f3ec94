"""What an explanation says of a prediction."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Explain = Literal["modalities", "words"]
"""What may be asked for beside a prediction."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the text, and what it did for the answer."""

    start: int
    end: int
    """Characters of the text as it came in: `text[start:end]`."""
    scores: Mapping[str, float]
    """By head: calibrated probability of the predicted label, minus what it is without this part. Above 0 the part
    speaks for the label, below 0 against it. These differences don't add up to anything."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a prediction is what it is; what wasn't asked for is None."""

    modalities: Mapping[str, Mapping[str, Mapping[str, float]]] | None = None
    """Contribution to the calibrated probability, by modality, head and label; an absent modality has 0."""
    baseline: Mapping[str, Mapping[str, float]] | None = None
    """Calibrated probability with nothing present, by head and label. With all contributions it makes the score."""
    words: tuple[Span, ...] | None = None
    """Words or sentences in their order; none where the item has no text that the model reads."""
