"""Draws a dashboard's widgets, about as CloudWatch does."""

import re
from math import inf
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from docs.dashboards.run_figures import BINS, RunFigures, Series, evaluate
from lambda_fn.observability.metrics import DIMENSIONS, NAMESPACE

COLOURS: Final = ("#2f6bb0", "#f08536", "#469b52", "#c9433b", "#8a65b5", "#85584c", "#d478b8", "#7f7f7f")
LIMIT: Final = "#d13212"
INK: Final = "#16191f"
FAINT: Final = "#687078"
LINE: Final = "#e3e6e8"
NOTHING: Final = "measured by AWS, not in this run"

_SEARCH: Final = re.compile(r'SEARCH\(.* MetricName="(?P<metric>\w+)"')

Curve = tuple[str, Series, bool]
"""What a line is called, its figures, and whether the right axis is its own."""


def curves(properties: dict[str, Any], run: RunFigures) -> list[Curve]:
    """Compute the lines that a widget shows. One of which the run emitted nothing is left out, as CloudWatch does."""
    series: dict[str, Series] = {}
    found: dict[int, list[Curve]] = {}
    # Expressions come last, since they are made of the others; they are shown in their place all the same.
    for place, line in sorted(enumerate(properties["metrics"]), key=lambda numbered: isinstance(numbered[1][0], dict)):
        options = line[-1] if isinstance(line[-1], dict) else {}
        right = options.get("yAxis") == "right"
        if isinstance(line[0], dict):
            found[place] = [(label, figures, right) for label, figures in _computed(options, series, run)]
            continue
        figures = _emitted(line, options, run)
        if figures is None:
            continue
        if "id" in options:
            series[options["id"]] = figures
        if options.get("visible", True):
            found[place] = [(options.get("label", line[1]), figures, right)]
    return [curve for place in sorted(found) for curve in found[place]]


def _emitted(line: list[Any], options: dict[str, Any], run: RunFigures) -> Series | None:
    names = [part for part in line if isinstance(part, str)]
    if names[0] != NAMESPACE:
        return None
    return run.series(names[1], dict(zip(names[2::2], names[3::2], strict=True)), options.get("stat", "Average"))


def _computed(options: dict[str, Any], series: dict[str, Series], run: RunFigures) -> list[tuple[str, Series]]:
    if search := _SEARCH.match(options["expression"]):
        metric = search["metric"]
        return list(run.searched(metric, DIMENSIONS[metric][-1], "Sum").items())
    figures = evaluate(options["expression"], series)
    return [] if figures is None else [(options["label"], figures)]


def draw_graph(axes: Axes, properties: dict[str, Any], run: RunFigures) -> None:
    """Draw a widget of lines or of stacked areas, with its limits and both axes."""
    every = curves(properties, run)
    left = [(label, figures) for label, figures, right in every if not right]
    right = [(label, figures) for label, figures, right in every if right]
    if properties.get("stacked"):
        _stack(axes, left, run)
    else:
        _lines(axes, left, run, COLOURS)
    _limits(axes, properties, [figures for _, figures in left], "left")
    _finish(axes, properties["yAxis"]["left"], run)
    if not every:
        where = "measured by AWS, not in this run" if _is_amazons(properties) else "none in this run"
        axes.text(0.5, 0.5, where, ha="center", va="center", transform=axes.transAxes, fontsize=8.5, color=FAINT)
    handles, labels = axes.get_legend_handles_labels()
    if right:
        other = axes.twinx()
        _lines(other, right, run, COLOURS[len(left) :])
        _limits(other, properties, [figures for _, figures in right], "right")
        _finish(other, properties["yAxis"]["right"], run)
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


def _is_amazons(properties: dict[str, Any]) -> bool:
    names = [line[0] for line in properties["metrics"] if not isinstance(line[0], dict)]
    return NAMESPACE not in names and bool(names)


def _stack(axes: Axes, every: list[tuple[str, Series]], run: RunFigures) -> None:
    if not every:
        return
    figures = [np.nan_to_num(series) for _, series in every]
    labels = [label for label, _ in every]
    axes.stackplot(_time(run), figures, labels=labels, colors=COLOURS, alpha=0.75, linewidth=0)


def _lines(axes: Axes, every: list[tuple[str, Series]], run: RunFigures, colours: tuple[str, ...]) -> None:
    for (label, series), colour in zip(every, colours, strict=False):
        marker = "o" if np.isfinite(series).sum() < 10 else None
        axes.plot(_time(run), series, label=label, color=colour, linewidth=1.3, marker=marker, markersize=4)


def _time(run: RunFigures) -> Series:
    return (np.arange(BINS) + 0.5) * run.seconds / BINS


def _limits(axes: Axes, properties: dict[str, Any], figures: list[Series], side: str) -> None:
    for limit in properties.get("annotations", {}).get("horizontal", []):
        if limit.get("yAxis", "left") != side:
            continue
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
    distances = [float(np.nanmean(series)) - limit for series in figures]
    above = [distance for distance in distances if distance > 0]
    below = [-distance for distance in distances if distance <= 0]
    return min(above, default=inf) >= min(below, default=inf)


def _finish(axes: Axes, axis: dict[str, Any], run: RunFigures) -> None:
    axes.set_xlim(0, run.seconds)
    max_value = axis.get("max")
    axes.set_ylim(0, max_value if max_value is not None else max(axes.get_ylim()[1] * 1.08, 1e-9))
    axes.set_ylabel(axis.get("label", ""), fontsize=7.5, color=FAINT)
    axes.grid(axis="y", color=LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=FAINT, labelsize=7.5, length=0)
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f} s"))
    for side in axes.spines.values():
        side.set_visible(False)


def draw_numbers(axes: Axes, properties: dict[str, Any], run: RunFigures) -> None:
    """Draw the latest figures large."""
    axes.axis("off")
    every = curves(properties, run)
    if not every:
        draw_empty(axes)
    for place, (label, figures, _) in enumerate(every):
        middle = (place + 0.5) / len(every)
        axes.text(middle, 0.52, f"{figures[-1]:,.3g}", ha="center", va="center", fontsize=21, color=INK)
        axes.text(middle, 0.08, label, ha="center", va="center", fontsize=8.5, color=FAINT)


def draw_empty(axes: Axes) -> None:
    """Draw a widget whose content only AWS has."""
    axes.axis("off")
    axes.text(0.5, 0.5, NOTHING, ha="center", va="center", fontsize=8.5, color=FAINT)


def draw_text(axes: Axes, properties: dict[str, Any]) -> None:
    """Draw a heading."""
    axes.axis("off")
    axes.text(0, 0.4, properties["markdown"].lstrip("# "), fontsize=14, fontweight="bold", va="center", color=INK)
