from typing import Any

import pytest

from tests.cdk.dashboards import dashboards
from tests.cdk.synthesis import Synthesis

TITLES = {
    "Valence-service": [
        "Last five minutes",
        "Alarms",
        "Requests",
        "4xx and 5xx",
        "Errors by code",
        "Latency (ms)",
        "Latency inside the function (ms)",
        "Concurrency and throttles",
        "Cold starts",
        "Memory (MB)",
        "Cost estimate (USD an hour)",
        "Answered without their picture, by code",
    ],
    "Valence-models": [
        None,
        "Predicted classes (%)",
        "Confidence",
        "Class-share drift",
        "Mean latency by stage (ms)",
        "Mean encoding time by modality (ms)",
        "Missing modalities (%)",
        "Predictions, and texts that were cut",
    ],
}


def widgets(synthesis: Synthesis, dashboard: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = dashboards(synthesis)[dashboard]["widgets"]
    return found


@pytest.mark.parametrize("dashboard", TITLES)
def test_each_dashboard_shows_what_it_is_for(synthesis: Synthesis, dashboard: str) -> None:
    assert [widget["properties"].get("title") for widget in widgets(synthesis, dashboard)] == TITLES[dashboard]


@pytest.mark.parametrize("dashboard", TITLES)
def test_no_widget_covers_another(synthesis: Synthesis, dashboard: str) -> None:
    cells = [
        (column, row)
        for widget in widgets(synthesis, dashboard)
        for column in range(widget["x"], widget["x"] + widget["width"])
        for row in range(widget["y"], widget["y"] + widget["height"])
    ]
    assert len(cells) == len(set(cells))
    assert max(column for column, _ in cells) < 24


def titled(synthesis: Synthesis, title: str) -> dict[str, Any]:
    [found] = [each for each in widgets(synthesis, "Valence-service") if each["properties"].get("title") == title]
    return dict(found["properties"])


def test_latency_is_drawn_as_p50_p90_and_p99(synthesis: Synthesis) -> None:
    latency = titled(synthesis, "Latency (ms)")
    assert [line[-1]["stat"] for line in latency["metrics"]] == ["p50", "p90", "p99"]


def test_limits_are_drawn_where_a_figure_should_keep_to_them(synthesis: Synthesis) -> None:
    [memory] = titled(synthesis, "Memory (MB)")["annotations"]["horizontal"]
    assert memory["value"] == 1769
    models = widgets(synthesis, "Valence-models")
    limits = {
        widget["properties"]["title"]: [line["value"] for line in widget["properties"]["annotations"]["horizontal"]]
        for widget in models
        if "annotations" in widget["properties"]
    }
    assert limits == {"Confidence": [0.7], "Class-share drift": [0.2]}


def test_cost_is_what_the_price_list_says(synthesis: Synthesis) -> None:
    expression = titled(synthesis, "Cost estimate (USD an hour)")["metrics"][0][0]["expression"]
    traffic = {"requests": 1e6, "calls": 1e6, "duration": 1e6 * 100}
    dollars = eval(expression, {}, traffic)  # the formula is plain arithmetic, in Python as in CloudWatch
    assert dollars == pytest.approx(3.50 + 0.20 + 100_000 * 1769 / 1024 * 0.0000166667)


def test_every_alarm_is_on_the_service_dashboard(synthesis: Synthesis) -> None:
    [states] = [each for each in widgets(synthesis, "Valence-service") if each["type"] == "alarm"]
    assert set(states["properties"]["alarms"]) == set(synthesis.of_type("AWS::CloudWatch::Alarm"))
