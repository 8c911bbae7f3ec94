from dataclasses import replace

from lambda_fn.schemas.response import PredictionAnswer, SinglePrediction, timing
from model_bundle.prediction import HeadPrediction, Notice, Prediction

HEAD = HeadPrediction(label="positive", confidence=0.75, scores={"negative": 0.25, "positive": 0.75})


def _prediction(**heads: HeadPrediction) -> Prediction:
    return Prediction(
        model="reviews",
        version="1",
        heads={"sentiment": HEAD, **heads},
        modalities={"text": True, "metadata": False},
        warnings=(Notice("text_truncated", "The text was cut."),),
        timing_ms={"read": 0.5, "encode": 1.25},
        encode_ms={"text": 1.25},
    )


def test_an_answer_says_what_the_prediction_says() -> None:
    assert SinglePrediction.answering("abc", _prediction()).model_dump(exclude_none=True) == {
        "model": "reviews",
        "version": "1",
        "heads": {
            "sentiment": {"label": "positive", "confidence": 0.75, "scores": {"negative": 0.25, "positive": 0.75}}
        },
        "sentiment": {"label": "positive", "confidence": 0.75, "scores": {"negative": 0.25, "positive": 0.75}},
        "modalities": {"text": {"present": True}, "metadata": {"present": False}},
        "warnings": [{"code": "text_truncated", "message": "The text was cut."}],
        "timing_ms": {"read": 0.5, "encode": 1.25, "total": 1.75},
        "request_id": "abc",
    }


def test_a_model_without_sentiment_has_none() -> None:
    prediction = replace(_prediction(), heads={"stars": HEAD})
    answer = PredictionAnswer.of(prediction).model_dump(exclude_none=True)
    assert answer["heads"].keys() == {"stars"}
    assert "sentiment" not in answer


def test_emotion_is_there_when_the_model_judges_it() -> None:
    assert PredictionAnswer.of(_prediction()).emotion is None
    emotion = HeadPrediction(label="joy", confidence=1.0, scores={"joy": 1.0})
    answer = PredictionAnswer.of(_prediction(emotion=emotion))
    assert answer.emotion is not None
    assert answer.emotion.label == "joy"


def test_the_timing_of_a_batch_adds_its_models_up() -> None:
    assert timing([_prediction(), _prediction()]) == {"read": 1.0, "encode": 2.5, "total": 3.5}
    assert timing([]) == {"total": 0}
