"""Draws the dashboards of the synthesised stack from the metrics that a run of the service emitted.

python -m docs.dashboards.draw run.log   from cdk.out into docs/dashboards
"""

import json
import sys
from argparse import ArgumentParser
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

from cdk.observability.dashboard_bodies import dashboard_bodies
from docs.dashboards.run_figures import RunFigures
from docs.dashboards.widgets import INK, LINE, draw_empty, draw_graph, draw_numbers, draw_text

ROOT: Final = Path(__file__).parent.parent.parent
COLUMNS: Final = 24
COLUMN_INCHES: Final = 0.62
ROW_INCHES: Final = 0.5

Box = tuple[float, float, float, float]


def main() -> int:
    """Draw every dashboard, and return the exit code."""
    parser = ArgumentParser(
        "python -m docs.dashboards.draw", description="Draws the dashboards from the metrics of a run."
    )
    parser.add_argument("log", type=Path, help="what the service wrote to stdout: see docs/dashboards/run.py")
    parser.add_argument("--template", type=Path, default=ROOT / "cdk.out" / "Valence.template.json")
    parser.add_argument("--into", type=Path, default=ROOT / "docs" / "dashboards")
    options = parser.parse_args()
    template = json.loads(options.template.read_text(encoding="utf-8"))
    for picture in draw_dashboards(template, RunFigures.read(options.log), options.into):
        sys.stdout.write(f"{picture}\n")
    return 0


def draw_dashboards(template: dict[str, Any], run: RunFigures, folder: Path) -> list[Path]:
    """Draw each dashboard of a template into a file of its own, and return the files."""
    pictures = []
    for name, body in dashboard_bodies(template).items():
        kind = name.rpartition("-")[2]
        pictures.append(folder / f"{kind}.png")
        _save(_figure(body["widgets"], run), pictures[-1])
    return pictures


def _save(figure: Figure, path: Path) -> None:
    """Write a small file: an image of this kind needs no more colours than a palette has."""
    whole = BytesIO()
    figure.savefig(whole, dpi=110)
    # The median cut, Pillow's default, turns a colour grey that is only in a legend and a thin stripe.
    few = Image.open(whole).convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def _figure(widgets: list[dict[str, Any]], run: RunFigures) -> Figure:
    rows = max(widget["y"] + widget["height"] for widget in widgets)
    figure = Figure(figsize=(COLUMNS * COLUMN_INCHES, rows * ROW_INCHES), facecolor="#f2f3f3")
    for widget in widgets:
        _draw(figure, widget, rows, run)
    return figure


def _draw(figure: Figure, widget: dict[str, Any], rows: int, run: RunFigures) -> None:
    left, bottom, width, height = _box(widget, rows)
    properties = widget["properties"]
    if widget["type"] == "text":
        draw_text(figure.add_axes((left + 0.008, bottom, width, height)), properties)
        return
    card = Rectangle((left, bottom), width, height, facecolor="white", edgecolor=LINE, zorder=-1)
    card.set_transform(figure.transFigure)
    figure.patches.append(card)
    top = bottom + height
    title = 0.32 / (rows * ROW_INCHES)
    figure.text(
        left + 0.008, top - title / 2, properties["title"], fontsize=10, fontweight="bold", va="center", color=INK
    )
    _draw_inside(figure, widget, (left, bottom, width, height - title), run, rows)


def _draw_inside(figure: Figure, widget: dict[str, Any], box: Box, run: RunFigures, rows: int) -> None:
    left, bottom, width, height = box
    properties = widget["properties"]
    if widget["type"] in {"alarm", "log"}:
        draw_empty(figure.add_axes(box))
    elif properties.get("view") == "singleValue":
        draw_numbers(figure.add_axes(box), properties, run)
    else:
        legend = 0.78 / (rows * ROW_INCHES)
        inside = (left + 0.034, bottom + legend, width - 0.068, height - legend - 0.01)
        draw_graph(figure.add_axes(inside), properties, run)


def _box(widget: dict[str, Any], rows: int) -> Box:
    """Return where a widget is on the figure, with a gap around it."""
    gap_x, gap_y = 0.06 / (COLUMNS * COLUMN_INCHES), 0.06 / (rows * ROW_INCHES)
    left, width = widget["x"] / COLUMNS, widget["width"] / COLUMNS
    bottom, height = 1 - (widget["y"] + widget["height"]) / rows, widget["height"] / rows
    return left + gap_x, bottom + gap_y, width - 2 * gap_x, height - 2 * gap_y


if __name__ == "__main__":
    sys.exit(main())
