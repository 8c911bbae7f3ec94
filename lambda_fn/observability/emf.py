"""Figures for CloudWatch, as lines in its embedded metric format on standard output."""

import sys
from dataclasses import dataclass
from typing import Final

from aws_lambda_powertools.metrics import EphemeralMetrics

from lambda_fn.observability.metrics import COMMON, DEPLOYMENT, DIMENSIONS, LEAN, NAMESPACE, SERVICE, UNITS

Dimensions = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _Configuration:
    deployment: str = "local"
    lean: bool = False


_CONFIGURATION: Final = _Configuration()


def configure_metrics(deployment: str, *, lean: bool = False) -> None:
    """Set whose figures all of this process are, and whether only those of LEAN are written."""
    _CONFIGURATION.deployment = deployment
    _CONFIGURATION.lean = lean


def deployment() -> str:
    """Return the dimension that all figures of this process have."""
    return _CONFIGURATION.deployment


class Measurements:
    """Gathers figures. Those with the same dimensions share a line, since a log is paid for by its size."""

    def __init__(self) -> None:
        self._figures: dict[Dimensions, list[tuple[str, float]]] = {}

    def add(self, metric: str, value: float, *dimensions: str) -> None:
        """Add a figure; `dimensions` are the values of what DIMENSIONS lists for it beside the common ones."""
        if _CONFIGURATION.lean and metric not in LEAN:
            return
        names = [name for name in DIMENSIONS[metric] if name not in COMMON]
        self._figures.setdefault(tuple(zip(names, dimensions, strict=True)), []).append((metric, value))

    def emit(self) -> None:
        """Write what was gathered, and forget it."""
        for dimensions, figures in self._figures.items():
            _write(dimensions, figures)
        self._figures = {}
        # In Lambda a process is frozen between two requests: what is still in a buffer then comes late, or never.
        sys.stdout.flush()


def _write(dimensions: Dimensions, figures: list[tuple[str, float]]) -> None:
    line = EphemeralMetrics(namespace=NAMESPACE, service=SERVICE)
    line.add_dimension(DEPLOYMENT, deployment())
    for name, value in dimensions:
        line.add_dimension(name, value)
    for metric, figure in figures:
        line.add_metric(metric, UNITS[metric], figure)
    if line.metric_set:  # it writes by itself what exceeds a line
        line.flush_metrics()
