from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from cdk.observability.served_models import served_models
from cdk.pictures.dashboard_pictures import draw_dashboards
from cdk.pictures.sample_figures import IN_ALARM, evaluate
from cdk.pictures.widget_pictures import curves, draw_alarms
from tests.cdk.dashboards import dashboards
from tests.cdk.synthesis import ROOT, Synthesis

LARGEST = 300_000
OF_PICTURES = {"fetch", "decode"}
"""Stages of models that look at pictures alone."""
IN_NO_SAMPLE = {"explain"}
"""Stages that only answers have that were asked to explain themselves."""


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
    without_pictures = {model.name for model in served_models() if "image" not in model.modalities}
    for body in dashboards(synthesis).values():
        for widget in body["widgets"]:
            shown = [
                line[-1].get("label")
                for line in widget["properties"].get("metrics", [])
                if isinstance(line[-1], dict)
                and line[-1].get("visible", True)
                and "SEARCH" not in str(line)
                and not (OF_PICTURES.intersection(line[:-1]) and without_pictures.intersection(line[:-1]))
                and not IN_NO_SAMPLE.intersection(line[:-1])
            ]
            drawn = [label for label, _, _ in curves(widget["properties"], 24)] if shown else []
            assert shown == drawn


def test_each_alarm_has_a_place_of_its_own_and_one_is_in_alarm(synthesis: Synthesis) -> None:
    names = list(synthesis.of_type("AWS::CloudWatch::Alarm"))
    axes = Figure().add_subplot()
    draw_alarms(axes, {"alarms": names})
    places = {text.get_position() for text in axes.texts}
    assert len(places) == len(names)
    assert all(0 < part < 1 for place in places for part in place)
    assert [text.get_text() for text in axes.texts if "in alarm" in text.get_text()] == [f"{IN_ALARM}: in alarm"]


def test_metric_math_is_computed() -> None:
    series = {"errors": np.array([0.0, 1.0, 5.0]), "requests": np.array([10.0, 10.0, 50.0])}
    rate = evaluate("IF(errors > 1, 100 * errors / requests, 0)", series)
    assert rate is not None
    assert rate.tolist() == [0, 0, 10]


def test_metric_math_on_a_metric_without_figures_has_none() -> None:
    assert evaluate("100 * cut / (all)", {"cut": np.array([1.0])}) is None


def test_nothing_but_arithmetic_is_computed() -> None:
    with pytest.raises(ValueError, match="more than arithmetic"):
        evaluate("__import__('os')", {})
