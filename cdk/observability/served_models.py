"""What the stack needs to know of the shipped bundles: which models, labels and modalities have figures to show."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

MODELS: Final = Path(__file__).parent.parent.parent / "models"
COUNTED_HEAD: Final = "sentiment"
PERFECT: Final = 1.0
"""Stands for the accuracy of a bundle without figures."""


@dataclass(frozen=True, slots=True)
class ServedModel:
    """One shipped model."""

    name: str
    labels: tuple[str, ...]
    """The labels of its sentiment, which is the head whose answers are counted."""
    modalities: tuple[str, ...]
    accuracy: float = PERFECT
    """Share of right answers that its figures promise, which is also the mean confidence of a calibrated model."""

    def least_confidence(self, percent: float) -> float:
        """Return so many per cent of the confidence that is to be expected, from 0 to 1."""
        return round(self.accuracy * percent / 100, 2)

    @classmethod
    def of(cls, spec: dict[str, Any]) -> Self:
        """Read a bundle's description."""
        labels = {head["name"]: tuple(head["labels"]) for head in spec["heads"]}
        modalities = tuple(modality["kind"] for modality in spec["modalities"])
        figure = f"{COUNTED_HEAD} accuracy, {'+'.join(modalities)}, mean"
        measured = (measurement["values"].get(figure) for measurement in spec.get("measurements", ()))
        accuracy = next((float(value) for value in measured if value is not None), PERFECT)
        return cls(spec["name"], labels[COUNTED_HEAD], modalities, accuracy)


def served_models(folder: Path = MODELS) -> tuple[ServedModel, ...]:
    """Return the models of the bundles in `folder`, by name."""
    specs = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*/bundle.json")]
    return tuple(sorted((ServedModel.of(spec) for spec in specs), key=lambda model: model.name))
