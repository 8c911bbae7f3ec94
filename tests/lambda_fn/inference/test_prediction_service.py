import asyncio
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from starlette.requests import ClientDisconnect

from lambda_fn.errors import BatchTooLargeError, InvalidRequestError, OverloadedError, TextTooLongError
from lambda_fn.inference.degradation import Outcome
from lambda_fn.inference.prediction_service import PredictionService, predict_requests
from lambda_fn.schemas.request import PredictionRequest
from lambda_fn.settings import read_settings
from model_bundle import Item, NothingToPredictError, Prediction, Predictor
from model_bundle.catalog import Catalog
from model_bundle.errors import UnknownModelError
from tests.lambda_fn.clients import leaves, run, stays
from tests.tiny_bundle import write_tiny_bundle


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> PredictionService:
    folder = tmp_path_factory.mktemp("two_models")
    write_tiny_bundle(folder)
    write_tiny_bundle(folder, "others")
    return PredictionService(read_settings(max_text_characters=10, max_batch_items=6), Catalog(folder))


def _single(service: PredictionService, request: PredictionRequest) -> Prediction:
    return run(service.predict(request, stays))


def _batch(service: PredictionService, raw_items: list[Any]) -> list[Outcome]:
    return run(service.predict_batch(raw_items, stays))


def test_a_request_gets_the_predictors_answer(service: PredictionService, predictor: Predictor) -> None:
    answer = _single(service, PredictionRequest(text="good", genre=["Horror"], year=1950))
    assert answer.heads == predictor.predict(Item(text="good", genres=("Horror",), year=1950)).heads


def test_the_longest_text_is_measured_in_characters(service: PredictionService) -> None:
    _single(service, PredictionRequest(text="good \N{GRINNING FACE}\N{GRINNING FACE}.."))
    with pytest.raises(TextTooLongError, match="at most 10 characters; this one has 11"):
        _single(service, PredictionRequest(text="x" * 11))


def test_an_unknown_model_is_named_with_those_there_are(service: PredictionService) -> None:
    with pytest.raises(UnknownModelError, match="'none'; choose from others, reviews"):
        _single(service, PredictionRequest(text="good", model="none"))


def test_a_bad_item_is_an_error_in_its_place(service: PredictionService) -> None:
    raw_items = [{"text": "good"}, 3, {"year": 1}, {"text": "x" * 11}, {}, {"text": "bad", "model": "none"}]
    outcomes = _batch(service, raw_items)
    assert [type(outcome) for outcome in outcomes] == [
        Prediction,
        InvalidRequestError,
        InvalidRequestError,
        TextTooLongError,
        NothingToPredictError,
        UnknownModelError,
    ]


def test_a_batch_may_ask_several_models(service: PredictionService, predictor: Predictor) -> None:
    models = ["others", "reviews", "others", "reviews"]
    texts = ["good", "bad", "awful", "great"]
    outcomes = _batch(service, [{"text": text, "model": m} for text, m in zip(texts, models, strict=True)])
    answers = [outcome for outcome in outcomes if isinstance(outcome, Prediction)]
    assert [answer.model for answer in answers] == models
    labels = [predictor.predict(Item(text=text)).heads["sentiment"].label for text in texts]
    assert [answer.heads["sentiment"].label for answer in answers] == labels


def test_a_batch_that_is_too_large_is_refused_before_its_items_are_read(service: PredictionService) -> None:
    with pytest.raises(BatchTooLargeError, match="at most 6 items; this one has 7"):
        _batch(service, [3] * 7)


def test_a_damaged_bundle_is_not_the_callers_fault(tmp_path: Path) -> None:
    write_tiny_bundle(tmp_path)
    service = PredictionService(read_settings(), Catalog(tmp_path))
    (tmp_path / "reviews" / "text.onnx").write_bytes(b"nonsense")
    with pytest.raises(Exception, match=r"text\.onnx is damaged"):
        _batch(service, [{"text": "good"}])


def test_a_client_that_left_gets_no_prediction(service: PredictionService) -> None:
    with pytest.raises(ClientDisconnect):
        run(service.predict(PredictionRequest(text="good"), leaves))


def test_a_large_batch_does_not_hold_up_a_small_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tiny_bundle(tmp_path)
    service = PredictionService(read_settings(max_concurrent_predictions=1, max_queued_requests=1), Catalog(tmp_path))
    blocked = Event()

    def predict(predictor: Predictor, requests: Any, media: Any) -> list[Outcome]:
        if len(requests) > 1:
            assert blocked.wait(10)
        return predict_requests(predictor, requests, media)

    monkeypatch.setattr("lambda_fn.inference.prediction_service.predict_requests", predict)

    async def scenario() -> None:
        batches = [asyncio.create_task(service.predict_batch([{"text": "good"}] * 2, stays)) for _ in range(2)]
        await asyncio.sleep(0.01)
        assert service.saturated
        assert service.large.full
        assert not service.small.full
        with pytest.raises(OverloadedError):
            await service.predict_batch([{"text": "good"}] * 2, stays)
        answer = await service.predict(PredictionRequest(text="good"), stays)
        assert answer.heads["sentiment"].label == "positive"
        blocked.set()
        (first, _), (second, _) = await asyncio.gather(*batches)
        assert isinstance(first, Prediction)
        assert isinstance(second, Prediction)
        assert "queue" not in first.timing_ms
        assert second.timing_ms["queue"] > 1
        assert not service.saturated

    run(scenario())
