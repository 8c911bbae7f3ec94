"""What the stack needs to know of the shipped bundles: which models, labels and modalities have figures to show."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

MODELS: Final = Path(__file__).parent.parent / "models"
COUNTED_HEAD: Final = "sentiment"


@dataclass(frozen=True, slots=True)
class ServedModel:
    """One shipped model."""

    name: str
    labels: tuple[str, ...]
    """The labels of its sentiment, which is the head whose answers are counted."""
    modalities: tuple[str, ...]

    @classmethod
    def of(cls, spec: dict[str, Any]) -> Self:
        """Read a bundle's description."""
        labels = {head["name"]: tuple(head["labels"]) for head in spec["heads"]}
        return cls(spec["name"], labels[COUNTED_HEAD], tuple(modality["kind"] for modality in spec["modalities"]))


def served_models(folder: Path = MODELS) -> tuple[ServedModel, ...]:
    """Return the models of the bundles in `folder`, by name."""
    specs = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*/bundle.json")]
    return tuple(sorted((ServedModel.of(spec) for spec in specs), key=lambda model: model.name))
