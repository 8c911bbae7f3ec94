from dataclasses import replace

from lambda_fn.schemas.response import PredictionResponse, SinglePrediction, timing
from model_bundle.prediction import Explanation, HeadPrediction, Prediction, PredictionWarning, Span

HEAD = HeadPrediction(label="positive", confidence=0.75, scores={"negative": 0.25, "positive": 0.75})


def _prediction(**heads: HeadPrediction) -> Prediction:
    return Prediction(
        model="reviews",
        version="1",
        heads={"sentiment": HEAD, **heads},
        modalities={"text": True},
        warnings=(PredictionWarning("text_truncated", "The text was cut."),),
        timing_ms={"read": 0.5, "encode": 1.25},
        encode_ms={"text": 1.25},
    )


def test_an_answer_says_what_the_prediction_says() -> None:
    assert SinglePrediction.answering("abc", _prediction(), "text").model_dump(exclude_none=True) == {
        "model": "reviews",
        "version": "1",
        "heads": {
            "sentiment": {"label": "positive", "confidence": 0.75, "scores": {"negative": 0.25, "positive": 0.75}}
        },
        "sentiment": {"label": "positive", "confidence": 0.75, "scores": {"negative": 0.25, "positive": 0.75}},
        "modalities": {"text": {"present": True}},
        "warnings": [{"code": "text_truncated", "message": "The text was cut."}],
        "timing_ms": {"read": 0.5, "encode": 1.25, "total": 1.75},
        "request_id": "abc",
    }


def test_a_model_without_sentiment_has_none() -> None:
    prediction = replace(_prediction(), heads={"stars": HEAD})
    answer = PredictionResponse.of(prediction, None).model_dump(exclude_none=True)
    assert answer["heads"].keys() == {"stars"}
    assert "sentiment" not in answer


def test_emotion_is_there_when_the_model_judges_it() -> None:
    assert PredictionResponse.of(_prediction(), None).emotion is None
    emotion = HeadPrediction(label="joy", confidence=1.0, scores={"joy": 1.0})
    answer = PredictionResponse.of(_prediction(emotion=emotion), None)
    assert answer.emotion is not None
    assert answer.emotion.label == "joy"


def test_the_timing_of_a_batch_adds_its_models_up() -> None:
    assert timing([_prediction(), _prediction()]) == {"read": 1.0, "encode": 2.5, "total": 3.5}
    assert timing([]) == {"total": 0}


def test_spans_are_told_in_code_points_and_in_utf_16() -> None:
    text = "\U0001f600 great \u00e9\U0001f600 film"
    words = tuple(
        Span(text.index(word), text.index(word) + len(word), {"sentiment": 0.1}) for word in ("great", "film")
    )
    answer = PredictionResponse.of(replace(_prediction(), explanation=Explanation(words=words)), text)
    assert answer.explanation is not None
    assert answer.explanation.words is not None
    units = text.encode("utf-16-le")
    for span, word in zip(answer.explanation.words, ("great", "film"), strict=True):
        assert text[span.start : span.end] == word
        assert units[2 * span.start_utf16 : 2 * span.end_utf16].decode("utf-16-le") == word


def test_probabilities_have_six_digits() -> None:
    head = HeadPrediction(label="positive", confidence=2 / 3, scores={"negative": 1 / 3, "positive": 2 / 3})
    contributions = {"text": {"sentiment": {"positive": 1 / 3}}}
    explanation = Explanation(modalities=contributions, baseline={"sentiment": {"positive": 1 / 3}})
    answer = PredictionResponse.of(replace(_prediction(), heads={"sentiment": head}, explanation=explanation), None)
    shown = answer.heads["sentiment"]
    assert (shown.confidence, shown.scores["negative"]) == (0.666667, 0.333333)
    assert answer.modalities["text"].contribution == {"sentiment": {"positive": 0.333333}}
    assert answer.explanation is not None
    assert answer.explanation.baseline == {"sentiment": {"positive": 0.333333}}
