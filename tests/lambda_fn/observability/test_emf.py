from collections.abc import Iterator

import pytest

from lambda_fn.observability import metrics
from lambda_fn.observability.emf import Measurements, configure_metrics
from tests.lambda_fn.metric_lines import figures, total


def test_figures_of_the_same_dimensions_share_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    measured = Measurements()
    measured.add(metrics.REQUESTS, 1, "/a")
    measured.add(metrics.REQUEST_LATENCY, 2.5, "/a")
    measured.add(metrics.REQUESTS, 1, "/b")
    measured.emit()
    output = capsys.readouterr().out
    assert len(output.splitlines()) == 2
    assert total(figures(output), metrics.REQUEST_LATENCY, route="/a") == 2.5


@pytest.mark.parametrize("count", [99, 100, 101, 250])
def test_nothing_is_lost_or_told_twice_where_a_line_is_full(capsys: pytest.CaptureFixture[str], count: int) -> None:
    measured = Measurements()
    for number in range(count):
        measured.add(metrics.PREDICTIONS, 1, "reviews")
        measured.add(metrics.CONFIDENCE, number / count, "reviews", "sentiment")
    measured.emit()
    measured.emit()
    found = figures(capsys.readouterr().out)
    assert total(found, metrics.PREDICTIONS) == count
    assert sum(len(figure.values) for figure in found if figure.name == metrics.CONFIDENCE) == count


def test_a_dimension_that_is_missing_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        Measurements().add(metrics.STAGE_LATENCY, 1, "reviews")


@pytest.fixture
def configured() -> Iterator[None]:
    yield
    configure_metrics("local")


def test_every_figure_says_whose_it_is(capsys: pytest.CaptureFixture[str], configured: None) -> None:
    configure_metrics("Valence-dev")
    measured = Measurements()
    measured.add(metrics.REQUESTS, 1, "/a")
    measured.emit()
    [figure] = figures(capsys.readouterr().out)
    assert ("deployment", "Valence-dev") in figure.dimensions


def test_a_lean_deployment_measures_what_it_can_not_do_without(
    capsys: pytest.CaptureFixture[str], configured: None
) -> None:
    configure_metrics("Valence", lean=True)
    measured = Measurements()
    measured.add(metrics.REQUESTS, 1, "/a")
    measured.add(metrics.STAGE_LATENCY, 1, "reviews", "read")
    measured.emit()
    assert [figure.name for figure in figures(capsys.readouterr().out)] == [metrics.REQUESTS]
