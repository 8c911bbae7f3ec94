from pathlib import Path

import numpy as np
import pytest

from model_bundle import Item, NothingToPredictError, Prediction, Predictor
from model_bundle.folder import read_spec

LONG = Item(text="boring " * 2000)
ITEMS = [
    Item(text="A great film.", genres=("Drama",), year=1994),
    Item(text="It was terrible, and boring."),
    Item(genres=("Horror",)),
    Item(year=1950),
    LONG,
]


def score(prediction: object) -> float:
    assert isinstance(prediction, Prediction)
    return prediction.heads["sentiment"].scores["positive"]


def test_words_decide(predictor: Predictor) -> None:
    assert predictor.predict(Item(text="a wonderful film")).heads["sentiment"].label == "positive"
    assert predictor.predict(Item(text="an awful film")).heads["sentiment"].label == "negative"


def test_scores_sum_to_one_and_the_label_has_the_highest(predictor: Predictor) -> None:
    head = predictor.predict(ITEMS[0]).heads["sentiment"]
    assert sum(head.scores.values()) == pytest.approx(1)
    assert head.confidence == max(head.scores.values()) == head.scores[head.label]


def test_an_answer_does_not_depend_on_its_company(predictor: Predictor) -> None:
    together = [score(answer) for answer in predictor.predict_batch(ITEMS)]
    alone = [score(predictor.predict(item)) for item in ITEMS]
    assert together == pytest.approx(alone, abs=1e-6)


def test_an_unclear_answer_comes_with_a_warning(tiny_bundle: Path) -> None:
    spec = read_spec(tiny_bundle)
    head = spec.heads[0].model_copy(update={"unclear_below": 0.75})
    wary = Predictor.of(spec.model_copy(update={"heads": (head,)}), tiny_bundle)
    for text, is_unclear in (("it was a film", True), ("good great perfect wonderful", False)):
        prediction = wary.predict(Item(text=text))
        assert (prediction.heads["sentiment"].confidence < 0.75) is is_unclear
        assert [warning.code for warning in prediction.warnings] == ["sentiment_unclear"] * is_unclear


def test_a_bundle_without_that_limit_never_calls_an_answer_unclear(predictor: Predictor) -> None:
    assert predictor.predict(Item(text="it was a film")).warnings == ()


def test_any_modality_may_be_absent(predictor: Predictor) -> None:
    assert predictor.predict(Item(text="good")).modalities == {"text": True, "metadata": False}
    assert predictor.predict(Item(year=1994)).modalities == {"text": False, "metadata": True}


def test_an_absent_modality_differs_from_an_empty_one(predictor: Predictor) -> None:
    known, unknown = predictor.logits([Item(text="good", year=1990), Item(text="good")])["sentiment"]
    assert not np.allclose(known, unknown)


def test_nothing_to_judge_is_an_error_that_says_why(predictor: Predictor) -> None:
    with pytest.raises(NothingToPredictError, match=r"text or metadata.*Telenovela"):
        predictor.predict(Item(text="  ", genres=("Telenovela",)))


def test_an_item_that_cannot_be_judged_is_an_error_in_its_place(predictor: Predictor) -> None:
    answers = predictor.predict_batch([Item(), ITEMS[0]])
    assert isinstance(answers[0], NothingToPredictError)
    assert score(answers[1]) == pytest.approx(score(predictor.predict(ITEMS[0])))


def test_an_empty_batch_is_answered_with_nothing(predictor: Predictor) -> None:
    assert predictor.predict_batch([]) == []


def test_what_was_cut_is_said(predictor: Predictor) -> None:
    assert [warning.code for warning in predictor.predict(LONG).warnings] == ["text_truncated"]


def test_time_is_told_by_stage(predictor: Predictor) -> None:
    assert list(predictor.predict(ITEMS[0]).timing_ms) == ["read", "encode", "fuse"]


def test_the_time_of_encoding_is_told_by_modality(predictor: Predictor) -> None:
    both = predictor.predict(ITEMS[0])
    assert list(both.encode_ms) == ["text", "metadata"]
    assert sum(both.encode_ms.values()) == pytest.approx(both.timing_ms["encode"], abs=0.01)
    assert list(predictor.predict(Item(year=1950)).encode_ms) == ["metadata"]


def test_only_the_graphs_of_present_modalities_are_opened(tiny_bundle: Path) -> None:
    predictor = Predictor.open(tiny_bundle)
    predictor.predict(Item(year=1994))
    assert {name: encoder.graph.is_open for name, encoder in predictor._encoders.items()} == {
        "text": False,
        "metadata": True,
    }
