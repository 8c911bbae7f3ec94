"""The figures of a run: reads the metrics that the service wrote, and computes what the dashboards ask of them."""

import ast
import json
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

Series = npt.NDArray[np.float64]
BINS: Final = 24
"""Points of a line. CloudWatch would have one for five minutes or an hour; a run takes a few minutes altogether."""

_OPERATORS: Final[Mapping[type, Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
}


@dataclass(frozen=True, slots=True)
class RunFigures:
    """Every value that a run emitted: when, and of which metric and dimensions."""

    values: Mapping[tuple[str, frozenset[tuple[str, str]]], list[tuple[float, float]]]
    start: float
    seconds: float

    @classmethod
    def read(cls, log: Path) -> Self:
        """Read the lines in CloudWatch's embedded metric format, and pass over the others."""
        values: dict[tuple[str, frozenset[tuple[str, str]]], list[tuple[float, float]]] = {}
        for line in log.read_text(encoding="utf-8").splitlines():
            if line.startswith('{"_aws"'):
                _add(values, json.loads(line))
        moments = [moment for series in values.values() for moment, _ in series]
        return cls(values, min(moments), max(max(moments) - min(moments), 1.0))

    def series(self, name: str, dimensions: Mapping[str, str], statistic: str) -> Series | None:
        """Return one metric over the run, NaN in bins without figures; None if the run emitted none."""
        found = self.values.get((name, frozenset(dimensions.items())))
        if found is None:
            return None
        places = [min(int((moment - self.start) / self.seconds * BINS), BINS - 1) for moment, _ in found]
        bins: list[list[float]] = [[] for _ in range(BINS)]
        for place, (_, value) in zip(places, found, strict=True):
            bins[place].append(value)
        empty = 0.0 if statistic == "Sum" else np.nan
        return np.array([_statistic(figures, statistic) if figures else empty for figures in bins])

    def searched(self, name: str, dimension: str, statistic: str) -> dict[str, Series]:
        """Return a metric for each value of a dimension."""
        found = {}
        for metric, dimensions in self.values:
            if metric == name:
                series = self.series(name, dict(dimensions), statistic)
                assert series is not None
                found[dict(dimensions)[dimension]] = series
        return dict(sorted(found.items()))


def _add(values: dict[Any, Any], line: dict[str, Any]) -> None:
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            dimensions = frozenset((name, line[name]) for name in names)
            for metric in directive["Metrics"]:
                moment = line["_aws"]["Timestamp"] / 1000
                figures = line[metric["Name"]]
                every = figures if isinstance(figures, list) else [figures]
                values.setdefault((metric["Name"], dimensions), []).extend((moment, value) for value in every)


def _statistic(figures: list[float], statistic: str) -> float:
    if statistic.startswith("p"):
        return float(np.percentile(figures, float(statistic[1:])))
    if statistic == "Average":
        return sum(figures) / len(figures)
    return sum(figures) if statistic == "Sum" else max(figures)


def evaluate(expression: str, series: Mapping[str, Series]) -> Series | None:
    """Compute CloudWatch's metric math, as far as the dashboards use it; None if a metric has no figures."""
    tree = ast.parse(expression, mode="eval")
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - {"IF"}
    if not series.keys() >= names:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(_value(tree.body, series), np.float64)


def _value(node: ast.AST, series: Mapping[str, Series]) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.Name):
        return series[node.id]
    if isinstance(node, ast.BinOp):
        return _OPERATORS[type(node.op)](_value(node.left, series), _value(node.right, series))
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _OPERATORS[type(node.ops[0])](_value(node.left, series), _value(node.comparators[0], series))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "IF":
        return np.where(*(_value(argument, series) for argument in node.args))
    raise ValueError(f"{ast.unparse(node)} is more than arithmetic.")
