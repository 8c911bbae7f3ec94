from collections.abc import Sequence

import pytest

from lambda_fn.errors import JobRequiredError
from lambda_fn.inference import admission as work_estimate
from lambda_fn.inference.admission import WorkEstimate
from lambda_fn.schemas.request import PredictionRequest
from model_bundle.catalog import Catalog

WORDS = "good bad " * 500


@pytest.fixture
def slow(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> WorkEstimate:
    """An estimate for a machine on which a text takes 10, 20 and 500 ms by its length."""
    times = dict(zip(work_estimate.MEASURED_CHARACTERS, (0.01, 0.02, 0.5), strict=True))
    monkeypatch.setattr(WorkEstimate, "_time", lambda self, model, length: times[length])
    return WorkEstimate(catalog, 10)


def items(count: int, text: str, *explain: str) -> Sequence[PredictionRequest]:
    return [PredictionRequest.model_validate({"text": text, "explain": list(explain)})] * count


def test_what_fits_is_let_through(slow: WorkEstimate) -> None:
    assert slow.check("reviews", items(100, "good")) == pytest.approx(1.0)
    assert slow.check("reviews", items(20, "x" * 50_000)) == pytest.approx(10.0)


@pytest.mark.parametrize(
    "requests", [items(21, "x" * 50_000), items(20, WORDS, "words"), items(400, WORDS[:100], "modalities")]
)
def test_what_does_not_is_refused_with_a_way_out(slow: WorkEstimate, requests: Sequence[PredictionRequest]) -> None:
    with pytest.raises(JobRequiredError, match=r"about \d+ seconds, and a response may take 10\. Send it in parts"):
        slow.check("reviews", requests)


def test_small_requests_cost_no_measurement(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WorkEstimate, "_time", lambda *_: pytest.fail("measured"))
    assert WorkEstimate(catalog, 10).check("reviews", items(10, "good")) == 0
    assert WorkEstimate(catalog, None).check("reviews", items(100, "x" * 50_000)) == 0


def test_a_model_is_measured_once_in_this_process(catalog: Catalog) -> None:
    estimate = WorkEstimate(catalog, 1_000)
    assert 0 < estimate.check("reviews", items(100, "good")) < 100
    measured = dict(estimate._measured)
    estimate.check("reviews", items(100, "good"))
    assert estimate._measured == measured
