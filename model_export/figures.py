"""Figures that commands of `training` wrote, as a bundle records them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from model_bundle.spec import Figure, Measurement
from model_export.errors import ExportError
from training.commands.ablate import AS_IS
from training.evaluation.report import REPORTED


def read_measurement(path: Path) -> Measurement:
    """Read what `cross-validate --json`, `evaluate --json` or `ablate` wrote; ExportError if it is none of these."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        content = content.get(AS_IS, content)  # of an ablation, only the recipe itself
        figures = _cross_validation(content) if "folds" in content else _evaluation(content)
        return Measurement(
            dataset=content["dataset"],
            split=_split(content),
            n=content["n"],
            command=content["command"],
            figures=tuple(figures),
        )
    except (OSError, AttributeError, KeyError, TypeError, ValueError, ValidationError) as error:
        raise ExportError(
            f"{path} was not written by `cross-validate --json` or `evaluate --json` ({error})."
        ) from error


def _split(content: dict[str, Any]) -> str:
    if "folds" in content:
        return f"{content['split']}, {content['folds']} grouped folds, seed {content['seed']}"
    return str(content["split"])


def _evaluation(content: dict[str, Any]) -> Iterator[Figure]:
    modalities = tuple(content["modalities"])
    for head, values in content["heads"].items():
        for name in REPORTED:
            if values[name] is not None:
                yield Figure(head=head, name=name, modalities=modalities, value=values[name])


def _cross_validation(content: dict[str, Any]) -> Iterator[Figure]:
    for kept, heads in content["modalities"].items():
        for head, values in heads.items():
            for name in REPORTED:
                if name in values:
                    mean, deviation = values[name]["mean"], values[name]["deviation"]
                    yield Figure(
                        head=head, name=name, modalities=tuple(kept.split("+")), value=mean, deviation=deviation
                    )
