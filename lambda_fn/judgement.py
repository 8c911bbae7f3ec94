"""Requests and their pictures to predictions; where a request wants it so, in spite of its picture."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from lambda_fn.errors import PICTURE_ERRORS, MediaError
from lambda_fn.picture_source import Picture, Pictures
from lambda_fn.schemas.request import PredictionRequest
from model_bundle.errors import ValenceError
from model_bundle.prediction import Notice, Prediction
from model_bundle.predictor import Predictor

Outcome = Prediction | ValenceError


def judge(predictor: Predictor, requests: Sequence[PredictionRequest], pictures: Pictures) -> list[Outcome]:
    """Judge each request as if it were alone: one that can't be judged is an error in its place.

    One whose picture is no good is judged without it, if it wants that and has something else; a warning says why. All
    predictions carry the times of the whole, fetching included.
    """
    outcomes = _predicted(predictor, requests, pictures.found)
    lacking = [row for row, outcome in enumerate(outcomes) if _may_lack_picture(requests[row], outcome)]
    again = _predicted(predictor, [requests[row] for row in lacking], [None] * len(lacking))
    passes = [outcomes.copy(), again]
    for row, outcome in zip(lacking, again, strict=True):
        if isinstance(outcome, Prediction):
            outcomes[row] = _warned(outcome, outcomes[row])
    return _timed(outcomes, passes, pictures.fetch_ms)


def _predicted(
    predictor: Predictor, requests: Sequence[PredictionRequest], pictures: Sequence[Picture]
) -> list[Outcome]:
    items = {
        row: request.to_item(picture)
        for row, (request, picture) in enumerate(zip(requests, pictures, strict=True))
        if not isinstance(picture, MediaError)
    }
    answers = dict(
        zip(items, predictor.predict_batch(list(items.values()), [requests[row].explain for row in items]), strict=True)
    )
    return [picture if isinstance(picture, MediaError) else answers[row] for row, picture in enumerate(pictures)]


def _may_lack_picture(request: PredictionRequest, outcome: Outcome) -> bool:
    return request.on_media_error == "degrade" and isinstance(outcome, PICTURE_ERRORS)


def _warned(prediction: Prediction, error: Outcome) -> Prediction:
    assert isinstance(error, PICTURE_ERRORS)
    return replace(prediction, warnings=(Notice(error.code, str(error)), *prediction.warnings))


def _timed(outcomes: list[Outcome], passes: Sequence[Sequence[Outcome]], fetch_ms: float | None) -> list[Outcome]:
    firsts = [next((one for one in outcomes if isinstance(one, Prediction)), None) for outcomes in passes]
    ran = [prediction for prediction in firsts if prediction is not None]
    fetching = {} if fetch_ms is None else {"fetch": fetch_ms}
    timing = _added([fetching, *(prediction.timing_ms for prediction in ran)])
    encoding = _added(prediction.encode_ms for prediction in ran)
    return [
        replace(outcome, timing_ms=timing, encode_ms=encoding) if isinstance(outcome, Prediction) else outcome
        for outcome in outcomes
    ]


def _added(parts: Iterable[Mapping[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for part in parts:
        for name, milliseconds in part.items():
            total[name] = round(total.get(name, 0.0) + milliseconds, 3)
    return total
