from pathlib import Path

import pytest

from model_bundle import Predictor
from tests.tiny_bundle import write_tiny_bundle
from training.behaviour.answers import Answer, answers_to
from training.errors import BehaviourError


def test_answers_are_those_of_single_predictions(predictor: Predictor) -> None:
    answers = answers_to(predictor, ["A good film.", "A bad film.", "A good film."])
    assert list(answers) == ["A good film.", "A bad film."]
    good, bad = answers.values()
    assert good is not None
    assert bad is not None
    assert good.label == "positive"
    assert good.score > 0 > bad.score
    assert good.score == pytest.approx(good.scores["positive"] - good.scores["negative"])


def test_a_text_without_anything_to_read_has_no_answer(predictor: Predictor) -> None:
    answers = answers_to(predictor, ["A good film.", " "])
    assert answers[" "] is None
    assert answers["A good film."] is not None


@pytest.mark.parametrize(
    ("scores", "warns", "is_neutral"),
    [
        ({"negative": 0.45, "positive": 0.55}, False, True),
        ({"negative": 0.3, "positive": 0.7}, False, False),
        ({"negative": 0.3, "positive": 0.7}, True, True),
        ({"negative": 0.3, "neutral": 0.3, "positive": 0.4}, True, False),
        ({"negative": 0.3, "neutral": 0.4, "positive": 0.3}, False, True),
    ],
)
def test_what_counts_as_neutral(scores: dict[str, float], warns: bool, is_neutral: bool) -> None:
    assert Answer(scores, warns).is_neutral == is_neutral


def test_a_bundle_without_text_is_refused(tmp_path: Path) -> None:
    bundle = write_tiny_bundle(tmp_path, "posts", ("image",))
    with pytest.raises(BehaviourError, match="'posts' reads no text"):
        answers_to(Predictor.open(bundle), ["Good."])
