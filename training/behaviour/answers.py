"""What a bundle answers to texts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tqdm import tqdm

from model_bundle import BundleSpec, Item, Predictor, ValenceError
from model_bundle.prediction import Prediction
from training.errors import BehaviourError

HEAD: Final = "sentiment"
CHUNK: Final = 512
UNSURE_WARNING: Final = "sentiment_unclear"
UNSURE_BELOW: Final = 0.6
"""Confidence of a two-class answer that is unsure without a warning."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One text's answer."""

    scores: Mapping[str, float]
    """Calibrated probability of every label."""
    warns: bool = False
    """Whether the response says that the sentiment is unclear."""

    @property
    def label(self) -> str:
        """The most probable label; of two classes, `neutral` has no part in it."""
        return max(self.scores, key=self.scores.__getitem__)

    @property
    def score(self) -> float:
        """P(positive) - P(negative), from -1 to 1."""
        return self.scores["positive"] - self.scores["negative"]

    @property
    def is_neutral(self) -> bool:
        """Whether the label is neutral; where the model has no such label, whether the answer is unsure."""
        if "neutral" in self.scores:
            return self.label == "neutral"
        return self.warns or self.scores[self.label] < UNSURE_BELOW


def answers_to(predictor: Predictor, texts: Iterable[str]) -> dict[str, Answer | None]:
    """Return the answer to each different text; None where the bundle gives none.

    BehaviourError for a bundle that reads no text, or has no head for negative and positive sentiment.
    """
    reason = why_unsuited(predictor.spec)
    if reason:
        raise BehaviourError(reason)
    different = list(dict.fromkeys(texts))
    answers: dict[str, Answer | None] = {}
    for start in tqdm(range(0, len(different), CHUNK), desc="behaviour", unit="chunk", leave=False):
        chunk = different[start : start + CHUNK]
        predictions = predictor.predict_batch([Item(text=text) for text in chunk])
        answers |= {text: _answer(prediction) for text, prediction in zip(chunk, predictions, strict=True)}
    return answers


def why_unsuited(spec: BundleSpec) -> str | None:
    """Return why a bundle can't be put through the suite, in a sentence; None if it can."""
    labels = {label for head in spec.heads if head.name == HEAD for label in head.labels}
    if not labels >= {"negative", "positive"}:
        return f"{spec.name!r} has no head {HEAD!r} with the labels negative and positive."
    if "text" not in {modality.kind for modality in spec.modalities}:
        return f"{spec.name!r} reads no text, and the behaviour suite consists of texts."
    return None


def _answer(prediction: Prediction | ValenceError) -> Answer | None:
    if isinstance(prediction, ValenceError):
        return None
    warns = any(warning.code == UNSURE_WARNING for warning in prediction.warnings)
    return Answer(prediction.heads[HEAD].scores, warns)
