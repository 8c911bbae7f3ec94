"""Figures that commands of `training` wrote, as a bundle records them."""

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from model_bundle.spec import Measurement
from model_export.errors import ExportError
from training.commands.ablate import AS_IS

MEAN, DEVIATION = "mean", "deviation"
RECORDED = ("accuracy", "macro_f1", "weighted_f1", "roc_auc", "ece", "majority_accuracy")


def read_measurement(path: Path) -> Measurement:
    """Read what `cross-validate --json`, `evaluate --json` or `ablate` wrote; ExportError if it is none of these."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        content = content.get(AS_IS, content)  # of an ablation, only the recipe itself
        values = _cross_validation(content) if "folds" in content else _evaluation(content)
        return Measurement(
            dataset=content["dataset"], split=_split(content), n=content["n"], command=content["command"], values=values
        )
    except (OSError, AttributeError, KeyError, TypeError, ValueError, ValidationError) as error:
        raise ExportError(
            f"{path} was not written by `cross-validate --json` or `evaluate --json` ({error})."
        ) from error


def _split(content: dict[str, Any]) -> str:
    if "folds" in content:
        return f"{content['split']}, {content['folds']} grouped folds, seed {content['seed']}"
    return f"{content['split']}, with {' and '.join(content['modalities'])}"


def _evaluation(content: dict[str, Any]) -> dict[str, float]:
    heads = content["heads"].items()
    return {f"{head} {name}": values[name] for head, values in heads for name in RECORDED if values[name] is not None}


def _cross_validation(content: dict[str, Any]) -> dict[str, float]:
    return {
        f"{head} {name}, {kept}, {statistic}": values[name][statistic]
        for kept, heads in content["modalities"].items()
        for head, values in heads.items()
        for name in RECORDED
        if name in values
        for statistic in (MEAN, DEVIATION)
    }
