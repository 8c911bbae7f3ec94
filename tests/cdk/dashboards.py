"""Reads the metrics out of a template: those of dashboards and those of alarms."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cdk.observability.dashboard_bodies import dashboard_bodies
from tests.cdk.synthesis import Synthesis

SEARCH = re.compile(r"SEARCH\('\{(?P<schema>[^}]+)\} MetricName=\"(?P<name>\w+)\"")


@dataclass(frozen=True, slots=True)
class Watched:
    """A metric that is named by a dashboard or an alarm."""

    namespace: str
    name: str
    dimensions: dict[str, Any] = field(hash=False)

    @classmethod
    def searched(cls, expression: str) -> Iterator["Watched"]:
        for found in SEARCH.finditer(expression):
            namespace, *dimensions = found["schema"].split(",")
            yield cls(namespace, found["name"], dict.fromkeys(dimensions, "*"))


def dashboards(synthesis: Synthesis) -> dict[str, dict[str, Any]]:
    return dashboard_bodies(synthesis.template)


def watched(synthesis: Synthesis) -> list[Watched]:
    """Every metric that a dashboard or an alarm names."""
    bodies = dashboards(synthesis).values()
    widgets = [widget["properties"] for body in bodies for widget in body["widgets"]]
    lines = [line for widget in widgets for line in widget.get("metrics", [])]
    drawn = [found for line in lines for found in _in_line(line)]
    alarms = synthesis.of_type("AWS::CloudWatch::Alarm").values()
    return drawn + [found for alarm in alarms for found in _in_alarm(alarm)]


def _in_line(line: list[Any]) -> Iterator[Watched]:
    if isinstance(line[0], dict):
        yield from Watched.searched(line[0]["expression"])
        return
    names = [part for part in line if not isinstance(part, dict)]
    yield Watched(names[0], names[1], dict(zip(names[2::2], names[3::2], strict=True)))


def _in_alarm(alarm: dict[str, Any]) -> Iterator[Watched]:
    if "MetricName" in alarm:
        yield _of_cloudformation(alarm)
    for query in alarm.get("Metrics", []):
        if "MetricStat" in query:
            yield _of_cloudformation(query["MetricStat"]["Metric"])


def _of_cloudformation(metric: dict[str, Any]) -> Watched:
    dimensions = {part["Name"]: part["Value"] for part in metric.get("Dimensions", [])}
    return Watched(metric["Namespace"], metric["MetricName"], dimensions)
