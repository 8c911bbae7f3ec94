from typing import Any

import pytest

from cdk.observability.served_models import served_models
from tests.cdk.dashboards import dashboards
from tests.cdk.synthesis import Synthesis

MODELS = served_models()
OF_EACH_HEAD = ["Predicted classes: {}", "Confidence: {}", "Class-share drift: {}"]
OF_EACH_MODEL = [
    "Mean latency by stage",
    "Mean encoding time by modality",
    "Missing modalities",
    "Predictions, and texts that were cut",
    "Slowest first use in a process",
]
TITLES = {
    "Valence-service": [
        "Last five minutes",
        "Alarms",
        "Requests",
        "4xx and 5xx",
        "Errors by code",
        "Latency",
        "Latency inside the function",
        "Concurrency and throttles",
        "Cold starts",
        "Memory",
        "Cost estimate",
        "New version during an update",
        "New version: latency",
        "Timeouts, and work refused beforehand",
        "Requests by key (the first key's quota is 100,000 a month)",
        "Drift check",
        "Predicted without a medium, by code",
    ],
    "Valence-models": [
        title
        for model in MODELS
        for title in (
            model.name,
            *(title.format(head.name) for head in model.heads for title in OF_EACH_HEAD),
            *OF_EACH_MODEL,
        )
    ],
}


def widgets(synthesis: Synthesis, dashboard: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = dashboards(synthesis)[dashboard]["widgets"]
    return found


def title(widget: dict[str, Any]) -> str:
    """The widget's title, or the heading that it is."""
    properties = widget["properties"]
    return str(properties.get("title") or properties["markdown"].removeprefix("# "))


@pytest.mark.parametrize("dashboard", TITLES)
def test_each_dashboard_shows_what_it_is_for(synthesis: Synthesis, dashboard: str) -> None:
    assert [title(widget) for widget in widgets(synthesis, dashboard)] == TITLES[dashboard]


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


def titled(synthesis: Synthesis, name: str) -> dict[str, Any]:
    [found] = [each for each in widgets(synthesis, "Valence-service") if title(each) == name]
    return dict(found["properties"])


def test_latency_is_drawn_as_p50_p90_and_p99(synthesis: Synthesis) -> None:
    latency = titled(synthesis, "Latency")
    assert [line[-1]["stat"] for line in latency["metrics"]] == ["p50", "p90", "p99"]


def test_limits_are_drawn_where_a_figure_should_keep_to_them(synthesis: Synthesis) -> None:
    [memory] = titled(synthesis, "Memory")["annotations"]["horizontal"]
    assert memory["value"] == 1769
    limits = [
        (title(widget), [line["value"] for line in widget["properties"]["annotations"]["horizontal"]])
        for widget in widgets(synthesis, "Valence-models")
        if "annotations" in widget["properties"]
    ]
    expected = [
        ((f"Confidence: {head.name}", [head.min_confidence(75)]), (f"Class-share drift: {head.name}", [0.2]))
        for model in MODELS
        for head in model.heads
    ]
    assert limits == [of_model for pair in expected for of_model in pair]


def test_cost_is_what_the_price_list_says(synthesis: Synthesis) -> None:
    expression = titled(synthesis, "Cost estimate")["metrics"][0][0]["expression"]
    traffic = {"requests": 1e6, "calls": 1e6, "duration": 1e6 * 100}
    dollars = eval(expression, {}, traffic)  # the formula is plain arithmetic, in Python as in CloudWatch
    assert dollars == pytest.approx(3.50 + 0.20 + 100_000 * 1769 / 1024 * 0.0000166667)


def test_every_alarm_is_on_the_service_dashboard(synthesis: Synthesis) -> None:
    [states] = [each for each in widgets(synthesis, "Valence-service") if each["type"] == "alarm"]
    assert set(states["properties"]["alarms"]) == set(synthesis.of_type("AWS::CloudWatch::Alarm"))


def test_every_alarm_with_a_graph_has_its_threshold_in_it(synthesis: Synthesis) -> None:
    for name, side in (("4xx and 5xx", 1), ("Latency", 2_000), ("Cold starts", 5_000)):
        assert side in [line["value"] for line in titled(synthesis, name)["annotations"]["horizontal"]]


def test_every_axis_has_a_unit(synthesis: Synthesis) -> None:
    for dashboard in TITLES:
        for widget in widgets(synthesis, dashboard):
            properties = widget["properties"]
            if properties.get("view") != "timeSeries":
                continue
            assert properties["yAxis"]["left"]["label"], title(widget)
            right = [line for line in properties["metrics"] if isinstance(line[-1], dict) and "yAxis" in line[-1]]
            assert not right or properties["yAxis"]["right"]["label"], title(widget)


def test_no_stage_is_drawn_that_can_not_be(synthesis: Synthesis) -> None:
    for model in MODELS:
        drawn = str(
            [
                widget
                for widget in widgets(synthesis, "Valence-models")
                if title(widget) == "Mean latency by stage" and f"'{model.name}'" in str(widget)
            ]
        )
        assert ("'decode'" in drawn) == ("image" in model.modalities)
