"""What a prediction says."""

from collections.abc import Mapping
from dataclasses import dataclass

from model_bundle.explanation import Explanation


@dataclass(frozen=True, slots=True)
class Notice:
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
class Prediction:
    """One item's answer."""

    model: str
    version: str
    heads: Mapping[str, HeadPrediction]
    """By head name, for example `sentiment`."""
    modalities: Mapping[str, bool]
    """Which of the model's modalities the item had."""
    warnings: tuple[Notice, ...]
    timing_ms: Mapping[str, float]
    """Milliseconds by stage (`read`, `decode`, `encode`, `fuse`, `explain`), those of the whole batch for a batch.
    There is no `decode` without a picture, and no `explain` where nothing is explained."""
    encode_ms: Mapping[str, float]
    """Milliseconds of `encode` by modality, of those that were there."""
    explanation: Explanation | None = None
    """Where one was asked for."""
