from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cdk.dashboard_pictures import draw_dashboards
from cdk.sample_figures import evaluate
from cdk.widget_pictures import curves
from tests.cdk.dashboards import dashboards
from tests.cdk.synthesis import ROOT, Synthesis

LARGEST = 300_000
NEVER_DRAWN = {"fetch", "decode", "explain"}
"""Stages that the sample's reviews don't have."""


@pytest.mark.slow
def test_every_dashboard_becomes_a_picture_of_a_size_for_a_page(synthesis: Synthesis, tmp_path: Path) -> None:
    pictures = draw_dashboards(synthesis.template, tmp_path)
    assert sorted(picture.name for picture in pictures) == ["models.png", "service.png"]
    for picture in pictures:
        assert picture.stat().st_size < LARGEST
        assert len(Image.open(picture).convert("RGB").getcolors(maxcolors=1 << 24) or ()) > 20


def test_the_documentation_has_a_picture_of_every_dashboard(synthesis: Synthesis) -> None:
    for name in dashboards(synthesis):
        picture = ROOT / "docs" / "dashboards" / f"{name.rpartition('-')[2]}.png"
        assert 0 < picture.stat().st_size < LARGEST


def test_every_line_has_figures(synthesis: Synthesis) -> None:
    for body in dashboards(synthesis).values():
        for widget in body["widgets"]:
            shown = [
                line[-1].get("label")
                for line in widget["properties"].get("metrics", [])
                if isinstance(line[-1], dict) and line[-1].get("visible", True) and "SEARCH" not in str(line)
            ]
            drawn = [label for label, _, _ in curves(widget["properties"], 24)] if shown else []
            assert [label for label in shown if label not in NEVER_DRAWN] == drawn


def test_metric_math_is_computed() -> None:
    series = {"errors": np.array([0.0, 1.0, 5.0]), "requests": np.array([10.0, 10.0, 50.0])}
    assert evaluate("IF(errors > 1, 100 * errors / requests, 0)", series).tolist() == [0, 0, 10]


def test_nothing_but_arithmetic_is_computed() -> None:
    with pytest.raises(ValueError, match="more than arithmetic"):
        evaluate("__import__('os')", {})
