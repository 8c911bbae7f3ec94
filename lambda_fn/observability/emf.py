"""Figures for CloudWatch, as lines in its embedded metric format on standard output."""

import sys

from aws_lambda_powertools.metrics import EphemeralMetrics

from lambda_fn.observability.metrics import DIMENSIONS, NAMESPACE, SERVICE, SERVICE_DIMENSION, UNITS

Dimensions = tuple[tuple[str, str], ...]


class Measurements:
    """Gathers figures. Those with the same dimensions share a line, since a log is paid for by its size."""

    def __init__(self) -> None:
        self._figures: dict[Dimensions, list[tuple[str, float]]] = {}

    def add(self, metric: str, value: float, *dimensions: str) -> None:
        """Add a figure; `dimensions` are the values of what DIMENSIONS lists for it beside `service`."""
        names = [name for name in DIMENSIONS[metric] if name != SERVICE_DIMENSION]
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
    for name, value in dimensions:
        line.add_dimension(name, value)
    for metric, figure in figures:
        line.add_metric(metric, UNITS[metric], figure)
    if line.metric_set:  # it writes by itself what exceeds a line
        line.flush_metrics()
