"""What a prediction says."""

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


@dataclass(frozen=True, slots=True)
class PredictionWarning:
    """Something the caller should know about how an item was read, such as a text that was cut."""

    code: str
    """Stable and machine readable, for example `text_truncated`."""
    message: str
    """One sentence for a person."""


@dataclass(frozen=True, slots=True)
class HeadPrediction:
    """One head's answer."""

    label: str
    confidence: float
    """Calibrated probability of `label`, 0 to 1."""
    scores: Mapping[str, float]
    """Calibrated probability of every label; they sum to 1."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The answer for a part of a clip, from what is seen and heard in it."""

    start_seconds: float
    end_seconds: float
    heads: Mapping[str, HeadPrediction]
    modalities: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Prediction:
    """One item's answer."""

    model: str
    version: str
    heads: Mapping[str, HeadPrediction]
    """By head name, for example `sentiment`."""
    modalities: Mapping[str, bool]
    """Which of the model's modalities the item had."""
    warnings: tuple[PredictionWarning, ...]
    timing_ms: Mapping[str, float]
    """Milliseconds by stage (`read`, `decode`, `encode`, `fuse`, `explain`, `segments`), those of the whole batch for a
    batch. There is no `decode` without an image, no `explain` where nothing is explained, and no `segments` where
    there are none."""
    encode_ms: Mapping[str, float]
    """Milliseconds of `encode` by modality, of those that were there."""
    explanation: Explanation | None = None
    """Where one was asked for."""
    segments: tuple[Segment, ...] = ()
    """Parts of a clip that is longer than `timeline.WINDOW_SECONDS`, in order; those with nothing to read are left
    out."""
