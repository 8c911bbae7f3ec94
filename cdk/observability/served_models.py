"""What the stack needs to know of the shipped bundles: which models, heads, labels and modalities have figures."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

MODELS: Final = Path(__file__).parent.parent.parent / "models"


@dataclass(frozen=True, slots=True)
class ServedHead:
    """One head of a shipped model."""

    name: str
    labels: tuple[str, ...]
    accuracy: float | None = None
    """The measured accuracy with all modalities, which is also the mean confidence of a calibrated model.

    None if the bundle has no such figure.
    """

    def min_confidence(self, percent: float) -> float | None:
        """Return this percentage of the expected confidence, from 0 to 1; None if none is known."""
        return None if self.accuracy is None else round(self.accuracy * percent / 100, 2)


@dataclass(frozen=True, slots=True)
class ServedModel:
    """One shipped model."""

    name: str
    heads: tuple[ServedHead, ...]
    modalities: tuple[str, ...]

    @classmethod
    def of(cls, spec: dict[str, Any]) -> Self:
        """Read a bundle's description."""
        modalities = tuple(modality["kind"] for modality in spec["modalities"])
        heads = tuple(
            ServedHead(head["name"], tuple(head["labels"]), _accuracy(spec, head["name"], modalities))
            for head in spec["heads"]
        )
        return cls(spec["name"], heads, modalities)


def served_models(folder: Path = MODELS) -> tuple[ServedModel, ...]:
    """Return the models of the bundles in `folder`, by name."""
    specs = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*/bundle.json")]
    return tuple(sorted((ServedModel.of(spec) for spec in specs), key=lambda model: model.name))


def _accuracy(spec: dict[str, Any], head: str, modalities: tuple[str, ...]) -> float | None:
    figures = (figure for measurement in spec.get("measurements", ()) for figure in measurement["figures"])
    for figure in figures:
        if (figure["head"], figure["name"], tuple(figure["modalities"])) == (head, "accuracy", modalities):
            return float(figure["value"])
    return None
