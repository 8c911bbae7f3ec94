from lambda_fn.errors import MediaError, MediaNotFoundError, MediaTimeoutError
from lambda_fn.inference.degradation import predict_with_media
from lambda_fn.media.gatherer import FoundMedia, GatheredMedia
from lambda_fn.schemas.request import PredictionRequest
from model_bundle import Item, NothingToPredictError, Prediction, Predictor
from model_bundle.errors import ImageUndecodableError
from tests.pictures import BLUE, RED, encoded, plain

LATE = MediaTimeoutError("Late.")
DAMAGED = encoded(plain(RED), "PNG")[:50]


def _predicted(predictor: Predictor, *asked: tuple[PredictionRequest, bytes | MediaError | None]) -> list[object]:
    found: list[FoundMedia] = [{} if image is None else {"image": image} for _, image in asked]
    return list(predict_with_media(predictor, [request for request, _ in asked], GatheredMedia(found, 12.5)))


def _request(text: str | None = "good", degrade: bool = False) -> PredictionRequest:
    return PredictionRequest(
        text=text, image_url="https://example.com/a.png", on_media_error="degrade" if degrade else "fail"
    )


def test_each_is_predicted_as_if_it_were_alone(post_predictor: Predictor) -> None:
    red, blue = encoded(plain(RED), "PNG"), encoded(plain(BLUE), "JPEG")
    outcomes = _predicted(
        post_predictor,
        (_request(), red),
        (_request(), LATE),
        (_request(None), blue),
        (_request(), DAMAGED),
        (PredictionRequest(), None),
        (PredictionRequest(text="bad"), None),
    )
    kinds = [Prediction, MediaTimeoutError, Prediction, ImageUndecodableError, NothingToPredictError, Prediction]
    assert [type(outcome) for outcome in outcomes] == kinds
    for outcome, item in (
        (outcomes[0], Item(text="good", image=red)),
        (outcomes[2], Item(image=blue)),
        (outcomes[5], Item(text="bad")),
    ):
        assert isinstance(outcome, Prediction)
        alone = post_predictor.predict(item).heads["sentiment"]
        assert abs(outcome.heads["sentiment"].confidence - alone.confidence) < 1e-5


def test_what_has_something_else_may_do_without_its_picture(post_predictor: Predictor) -> None:
    late, damaged = _predicted(post_predictor, (_request(degrade=True), LATE), (_request(degrade=True), DAMAGED))
    for outcome, code in ((late, "media_timeout"), (damaged, "image_undecodable")):
        assert isinstance(outcome, Prediction)
        assert outcome.modalities == {"text": True, "image": False}
        assert [warning.code for warning in outcome.warnings] == [code]
        assert outcome.heads == post_predictor.predict(Item(text="good")).heads


def test_what_has_nothing_else_is_told_what_is_wrong_with_its_picture(post_predictor: Predictor) -> None:
    outcomes = _predicted(
        post_predictor,
        *[(_request(text, degrade=True), picture) for text in (None, " ") for picture in (LATE, DAMAGED)],
    )
    assert [type(outcome) for outcome in outcomes] == [MediaTimeoutError, ImageUndecodableError] * 2


def test_a_good_picture_needs_no_warning(post_predictor: Predictor) -> None:
    [outcome] = _predicted(post_predictor, (_request(degrade=True), encoded(plain(RED), "GIF")))
    assert isinstance(outcome, Prediction)
    assert (outcome.warnings, outcome.modalities["image"]) == ((), True)


def test_the_times_are_those_of_fetching_and_of_both_passes(post_predictor: Predictor) -> None:
    outcomes = _predicted(
        post_predictor, (_request(), encoded(plain(RED), "PNG")), (_request(degrade=True), DAMAGED), (_request(), LATE)
    )
    timings = [outcome.timing_ms for outcome in outcomes if isinstance(outcome, Prediction)]
    assert len(timings) == 2
    assert timings[0] == timings[1]
    assert timings[0]["fetch"] == 12.5
    assert timings[0].keys() == {"fetch", "read", "decode", "encode", "fuse"}


def test_explanations_are_given_where_they_are_asked_for(post_predictor: Predictor) -> None:
    wanting = PredictionRequest(text="good film", explain=["words"], on_media_error="degrade", image_url="x")
    plain_, explained = _predicted(post_predictor, (PredictionRequest(text="good film"), None), (wanting, LATE))
    assert isinstance(plain_, Prediction)
    assert isinstance(explained, Prediction)
    assert plain_.explanation is None
    assert explained.explanation is not None
    assert explained.explanation.words is not None
    assert explained.heads == plain_.heads


def test_media_that_are_left_out_do_not_take_the_others_with_them(post_predictor: Predictor) -> None:
    red = encoded(plain(RED), "PNG")
    found: list[FoundMedia] = [
        {"image": red, "audio": LATE, "video": MediaNotFoundError("Gone.")},
        {"image": DAMAGED, "audio": LATE},
        {"image": red, "audio": LATE},
    ]
    requests = [_request(degrade=True), _request(degrade=True), _request()]
    first, second, third = predict_with_media(post_predictor, requests, GatheredMedia(found, None))
    assert isinstance(first, Prediction)
    assert isinstance(second, Prediction)
    assert first.modalities == {"text": True, "image": True}
    assert [warning.code for warning in first.warnings] == ["media_timeout", "media_not_found"]
    assert second.modalities == {"text": True, "image": False}
    assert [warning.code for warning in second.warnings] == ["media_timeout", "image_undecodable"]
    assert third is LATE
