"""Reads what the service wrote: metrics in the embedded metric format, and log lines."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMA = json.loads(Path(__file__).with_name("emf_schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


@dataclass(frozen=True)
class Figure:
    """One metric as CloudWatch will find it."""

    namespace: str
    name: str
    unit: str
    dimensions: frozenset[tuple[str, str]]
    values: tuple[float, ...]


def log_lines(output: str) -> list[dict[str, Any]]:
    """Return the lines that are no metrics."""
    return [line for line in _lines(output) if "_aws" not in line]


def figures(output: str) -> list[Figure]:
    """Return every metric; each line must be valid, and have the members that it refers to."""
    return [figure for line in _lines(output) if "_aws" in line for figure in _figures(line)]


def total(found: Iterable[Figure], name: str, **dimensions: str) -> float:
    """Return the sum of a metric over the figures that have these dimensions, whatever else they have."""
    wanted = set(dimensions.items())
    return sum(sum(figure.values) for figure in found if figure.name == name and wanted <= figure.dimensions)


def _lines(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def _figures(line: dict[str, Any]) -> Iterator[Figure]:
    VALIDATOR.validate(line)
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            dimensions = frozenset((name, line[name]) for name in names)
            for metric in directive["Metrics"]:
                value = line[metric["Name"]]
                values = tuple(value) if isinstance(value, list) else (value,)
                yield Figure(directive["Namespace"], metric["Name"], metric["Unit"], dimensions, values)
