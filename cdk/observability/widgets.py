"""The widgets that the dashboards are made of."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch

WIDTH: Final = 8
HEIGHT: Final = 6


def graph(
    title: str,
    left: Sequence[cloudwatch.IMetric],
    *,
    right: Sequence[cloudwatch.IMetric] = (),
    limits: Sequence[cloudwatch.HorizontalAnnotation] = (),
    right_limits: Sequence[cloudwatch.HorizontalAnnotation] = (),
    stacked: bool = False,
    max_value: float | None = None,
    unit: str = "count",
    right_unit: str = "count",
) -> cloudwatch.GraphWidget:
    """Draw figures over time, from zero, with the unit of each axis."""
    return cloudwatch.GraphWidget(
        title=title,
        left=list(left),
        right=list(right),
        stacked=stacked,
        left_annotations=list(limits),
        right_annotations=list(right_limits),
        left_y_axis=cloudwatch.YAxisProps(min=0, max=max_value, label=unit, show_units=False),
        right_y_axis=cloudwatch.YAxisProps(min=0, label=right_unit if right else None, show_units=False),
        width=WIDTH,
        height=HEIGHT,
    )


def number(title: str, metrics: Sequence[cloudwatch.IMetric]) -> cloudwatch.SingleValueWidget:
    """Show the latest figures as numbers."""
    return cloudwatch.SingleValueWidget(title=title, metrics=list(metrics), width=WIDTH, height=4)


def limit(value: float, label: str) -> cloudwatch.HorizontalAnnotation:
    """Draw a threshold line."""
    return cloudwatch.HorizontalAnnotation(value=value, label=label, color=cloudwatch.Color.RED)
