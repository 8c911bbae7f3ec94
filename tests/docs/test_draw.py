"""The images of the dashboards: drawn from what a run emitted, and from nothing else."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from docs.dashboards.draw import draw_dashboards
from docs.dashboards.run_figures import RunFigures, evaluate
from docs.dashboards.widgets import curves

LARGEST = 300_000
ROOT = Path(__file__).parents[2]
BODY = {
    "widgets": [
        {
            "type": "metric",
            "x": 0,
            "y": 0,
            "width": 24,
            "height": 6,
            "properties": {
                "title": "Requests",
                "yAxis": {"left": {"label": "count"}},
                "metrics": [
                    ["Valence", "Requests", "service", "valence", "route", "/a", {"stat": "Sum", "label": "a"}],
                    ["Valence", "Requests", "service", "valence", "route", "/b", {"stat": "Sum", "label": "b"}],
                    ["AWS/Lambda", "Errors", "FunctionName", "f", {"stat": "Sum", "label": "errors"}],
                ],
            },
        }
    ]
}
TEMPLATE = {
    "Resources": {
        "D": {
            "Type": "AWS::CloudWatch::Dashboard",
            "Properties": {"DashboardName": "Valence-service", "DashboardBody": json.dumps(BODY)},
        }
    }
}


def line(second: float, route: str, values: list[float]) -> str:
    directive = {"Namespace": "Valence", "Dimensions": [["service", "route"]], "Metrics": [{"Name": "Requests"}]}
    aws = {"Timestamp": int(1_000_000 + second * 1000), "CloudWatchMetrics": [directive]}
    return json.dumps({"_aws": aws, "service": "valence", "route": route, "Requests": values}, separators=(",", ":"))


@pytest.fixture
def run(tmp_path: Path) -> RunFigures:
    log = tmp_path / "run.log"
    log.write_text("\n".join([line(0, "/a", [1, 1]), '{"message": "request"}', line(60, "/a", [3])]), encoding="utf-8")
    return RunFigures.read(log)


def test_a_line_has_the_figures_of_the_run(run: RunFigures) -> None:
    [(label, series, right)] = curves(BODY["widgets"][0]["properties"], run)  # type: ignore[arg-type]
    assert (label, right) == ("a", False)
    assert (series[0], series[-1], series.sum()) == (2, 3, 5)


def test_a_dashboard_becomes_a_picture_that_shows_them(run: RunFigures, tmp_path: Path) -> None:
    [picture] = draw_dashboards(TEMPLATE, run, tmp_path)
    assert picture.name == "service.png"
    blue = np.array([47, 107, 176])
    pixels = np.asarray(Image.open(picture).convert("RGB"), np.int64)
    assert (np.abs(pixels - blue).sum(axis=2) < 40).sum() > 500


@pytest.mark.parametrize("name", ["service", "models"])
def test_the_documentation_has_a_picture_of_a_size_for_a_page(name: str) -> None:
    assert 10_000 < (ROOT / "docs" / "dashboards" / f"{name}.png").stat().st_size < LARGEST


def test_metric_math_is_computed() -> None:
    series = {"errors": np.array([0.0, 1.0, 5.0]), "requests": np.array([10.0, 10.0, 50.0])}
    rate = evaluate("IF(errors > 1, 100 * errors / requests, 0)", series)
    assert rate is not None
    assert rate.tolist() == [0, 0, 10]


def test_metric_math_on_a_metric_without_figures_has_none() -> None:
    assert evaluate("100 * cut / (all)", {"cut": np.array([1.0])}) is None


@pytest.mark.parametrize("expression", ["().__class__", "IF.x", "[1][0]", "IF(a, 1, 0)(1)"])
def test_nothing_but_arithmetic_is_computed(expression: str) -> None:
    with pytest.raises(ValueError, match="more than arithmetic"):
        evaluate(expression, {"a": np.array([1.0])})
