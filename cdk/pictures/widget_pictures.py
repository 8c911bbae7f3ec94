"""Draws a dashboard's widgets, about as CloudWatch does."""

import re
from math import ceil, inf
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cdk.pictures.sample_figures import IN_ALARM, Series, codes, evaluate, sample
from lambda_fn.observability.metrics import DIMENSIONS, SERVICE_DIMENSION

COLOURS: Final = ("#2f6bb0", "#f08536", "#469b52", "#c9433b", "#8a65b5", "#85584c", "#d478b8", "#7f7f7f")
LIMIT: Final = "#d13212"
INK: Final = "#16191f"
FAINT: Final = "#687078"
LINE: Final = "#e3e6e8"
ALARMS_IN_A_ROW: Final = 5

_SEARCH: Final = re.compile(r'SEARCH\(.* MetricName="(?P<metric>\w+)"')

Curve = tuple[str, Series, bool]
"""What a line is called, its figures, and whether the right axis is its own."""


def curves(properties: dict[str, Any], hours: float) -> list[Curve]:
    """Compute the lines that a widget shows: expressions from the metrics that they name, searches from samples."""
    series: dict[str, Series] = {}
    found: dict[int, list[Curve]] = {}
    # Expressions come last, since they are made of the others; they are shown in their place all the same.
    for place, line in sorted(enumerate(properties["metrics"]), key=lambda numbered: isinstance(numbered[1][0], dict)):
        options = line[-1] if isinstance(line[-1], dict) else {}
        period = options.get("period", properties.get("period", 300))
        points = max(int(hours * 3600 / period), 1)
        right = options.get("yAxis") == "right"
        if isinstance(line[0], dict):
            found[place] = [(label, figures, right) for label, figures in _computed(options, series, hours, points)]
            continue
        names = [part for part in line if isinstance(part, str)]
        figures = sample(names[1], _values(names), options.get("stat", "Average"), hours, points)
        if figures is None:
            continue
        if "id" in options:
            series[options["id"]] = figures
        if options.get("visible", True):
            found[place] = [(options.get("label", names[1]), figures, right)]
    return [curve for place in sorted(found) for curve in found[place]]


def _values(names: list[str]) -> list[str]:
    """Return the values of one of our metrics' dimensions beside `service`, in the order that `DIMENSIONS` has."""
    pairs = dict(zip(names[2::2], names[3::2], strict=True))
    return [pairs[key] for key in DIMENSIONS.get(names[1], ()) if key != SERVICE_DIMENSION]


def _computed(
    options: dict[str, Any], series: dict[str, Series], hours: float, points: int
) -> list[tuple[str, Series]]:
    if search := _SEARCH.match(options["expression"]):
        metric = search["metric"]
        every = [(code, sample(metric, [code], "Sum", hours, points)) for code in codes(metric)]
    else:
        every = [(options["label"], evaluate(options["expression"], series))]
    return [(label, figures) for label, figures in every if figures is not None]


def draw_graph(axes: Axes, properties: dict[str, Any], hours: float) -> None:
    """Draw a widget of lines or of stacked areas, with its limits and both axes."""
    every = curves(properties, hours)
    left = [(label, figures) for label, figures, right in every if not right]
    right = [(label, figures) for label, figures, right in every if right]
    if properties.get("stacked"):
        _stack(axes, left, hours)
    else:
        _lines(axes, left, hours, COLOURS)
    _limits(axes, properties, [figures for _, figures in left])
    _finish(axes, properties["yAxis"]["left"].get("max"), hours)
    handles, labels = axes.get_legend_handles_labels()
    if right:
        other = axes.twinx()
        _lines(other, right, hours, COLOURS[len(left) :])
        _finish(other, None, hours)
        other.grid(visible=False)
        more_handles, more_labels = other.get_legend_handles_labels()
        handles, labels = handles + more_handles, labels + more_labels
    axes.legend(
        handles,
        labels,
        loc="upper left",
        bbox_to_anchor=(-0.01, -0.14),
        ncols=3,
        fontsize=7.5,
        frameon=False,
        handlelength=1,
        columnspacing=1.2,
        labelcolor=INK,
    )


def _stack(axes: Axes, every: list[tuple[str, Series]], hours: float) -> None:
    if not every:
        return
    time = np.linspace(-hours, 0, len(every[0][1]))
    figures = [series for _, series in every]
    axes.stackplot(time, figures, labels=[label for label, _ in every], colors=COLOURS, alpha=0.75, linewidth=0)


def _lines(axes: Axes, every: list[tuple[str, Series]], hours: float, colours: tuple[str, ...]) -> None:
    for (label, series), colour in zip(every, colours, strict=False):
        time = np.linspace(-hours, 0, len(series))
        marker = "o" if len(series) < 10 else None
        axes.plot(time, series, label=label, color=colour, linewidth=1.3, marker=marker, markersize=4)


def _limits(axes: Axes, properties: dict[str, Any], figures: list[Series]) -> None:
    for limit in properties.get("annotations", {}).get("horizontal", []):
        axes.axhline(limit["value"], color=LIMIT, linewidth=1, linestyle=(0, (4, 3)))
        axes.annotate(
            limit["label"],
            (0.01, limit["value"]),
            xycoords=("axes fraction", "data"),
            color=LIMIT,
            fontsize=7.5,
            ha="left",
            va="bottom" if _free_above(limit["value"], figures) else "top",
        )


def _free_above(limit: float, figures: list[Series]) -> bool:
    """Return whether there is more room above a limit than below it."""
    distances = [float(series.mean()) - limit for series in figures]
    above = [distance for distance in distances if distance > 0]
    below = [-distance for distance in distances if distance <= 0]
    return min(above, default=inf) >= min(below, default=inf)


def _finish(axes: Axes, highest: float | None, hours: float) -> None:
    axes.set_xlim(-hours, 0)
    axes.set_ylim(0, highest if highest is not None else max(axes.get_ylim()[1] * 1.08, 1e-9))
    axes.grid(axis="y", color=LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=FAINT, labelsize=7.5, length=0)
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 3, 6, 10] if hours <= 24 else [1, 2.4, 4.8, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _ago(value, hours)))
    for side in axes.spines.values():
        side.set_visible(False)


def _ago(value: float, hours: float) -> str:
    if value == 0:
        return "now"
    return f"{value:.0f} h" if hours <= 24 else f"{value / 24:.0f} d"


def draw_numbers(axes: Axes, properties: dict[str, Any], hours: float) -> None:
    """Draw the latest figures large."""
    axes.axis("off")
    every = curves(properties, hours)
    for place, (label, figures, _) in enumerate(every):
        middle = (place + 0.5) / len(every)
        axes.text(middle, 0.52, f"{figures[-1]:,.3g}", ha="center", va="center", fontsize=21, color=INK)
        axes.text(middle, 0.08, label, ha="center", va="center", fontsize=8.5, color=FAINT)


def draw_alarms(axes: Axes, properties: dict[str, Any]) -> None:
    """Draw one box for each alarm: all is well but for the one that the figures set off."""
    axes.axis("off")
    rows = ceil(len(properties["alarms"]) / ALARMS_IN_A_ROW)
    for place, alarm in enumerate(properties["alarms"]):
        name = alarm.removeprefix("Alarms")[:-8]
        row, column = divmod(place, ALARMS_IN_A_ROW)
        state, face, edge = ("in alarm", "#fdf3f1", LIMIT) if name == IN_ALARM else ("OK", "#f2f8f0", "#1d8102")
        box = {"boxstyle": "round,pad=0.45", "facecolor": face, "edgecolor": edge}
        where = ((column + 0.5) / ALARMS_IN_A_ROW, 1 - (row + 0.5) / rows)
        axes.text(*where, f"{name}: {state}", ha="center", va="center", fontsize=8.5, color=INK, bbox=box)


def draw_text(axes: Axes, properties: dict[str, Any]) -> None:
    """Draw a heading."""
    axes.axis("off")
    axes.text(0, 0.4, properties["markdown"].lstrip("# "), fontsize=14, fontweight="bold", va="center", color=INK)
