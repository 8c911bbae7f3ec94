from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from model_bundle import Item, Prediction, Predictor
from model_bundle.cleaning import Pictographs
from model_bundle.folder import write_spec
from model_bundle.prediction import Explain, Explanation, Span
from model_bundle.readers.reader import Arrays
from tests.pictures import RED, encoded, plain
from tests.tiny_bundle import tiny_spec, write_tiny_bundle

BOTH: tuple[Explain, ...] = ("modalities", "words")
PICTURE = encoded(plain(RED), "PNG")
POST = Item(text="This was a GREAT film, not boring!", image=PICTURE)


def explain(predictor: Predictor, item: Item, *wanted: Explain) -> tuple[Prediction, Explanation]:
    answer = predictor.predict(item, explain=wanted)
    assert answer.explanation is not None
    return answer, answer.explanation


def words_of(predictor: Predictor, item: Item) -> tuple[Span, ...]:
    words = explain(predictor, item, "words")[1].words
    assert words is not None
    return words


def probability(predictor: Predictor, item: Item, label: str = "positive") -> float:
    return predictor.predict(item).heads["sentiment"].scores[label]


@pytest.mark.parametrize("item", [POST, Item(text="boring"), Item(image=PICTURE)])
def test_contributions_and_the_baseline_sum_to_the_score(post_predictor: Predictor, item: Item) -> None:
    answer, explanation = explain(post_predictor, item, "modalities")
    assert explanation.modalities is not None
    assert explanation.baseline is not None
    for label, score in answer.heads["sentiment"].scores.items():
        parts = [heads["sentiment"][label] for heads in explanation.modalities.values()]
        assert explanation.baseline["sentiment"][label] + sum(parts) == pytest.approx(score, abs=1e-5)


def test_contributions_are_the_mean_gain_over_all_orders(post_predictor: Predictor) -> None:
    _, explanation = explain(post_predictor, POST, "modalities")
    assert explanation.modalities is not None
    assert explanation.baseline is not None
    nothing = explanation.baseline["sentiment"]["positive"]
    gains: dict[str, list[float]] = {"text": [], "image": []}
    for order in permutations(gains):
        item, before = Item(), nothing
        for modality in order:
            item = replace(item, **{modality: getattr(POST, modality)})
            after = probability(post_predictor, item)
            gains[modality].append(after - before)
            before = after
    for modality, own in gains.items():
        contribution = explanation.modalities[modality]["sentiment"]["positive"]
        assert contribution == pytest.approx(np.mean(own), abs=1e-5)
        assert abs(contribution) > 0.01


def test_the_baseline_is_the_answer_to_nothing(predictor: Predictor) -> None:
    _, explanation = explain(predictor, Item(text="good"), "modalities")
    assert explanation.baseline is not None
    logits = predictor.logits([Item()])["sentiment"][0] / 1.5
    expected = np.exp(logits) / np.exp(logits).sum()
    assert list(explanation.baseline["sentiment"].values()) == pytest.approx(expected, abs=1e-6)


def test_an_absent_modality_contributes_nothing(predictor: Predictor) -> None:
    _, explanation = explain(predictor, Item(text="good"), "modalities")
    assert explanation.modalities is not None
    assert explanation.modalities["metadata"] == {"sentiment": {"negative": 0.0, "positive": 0.0}}
    assert explanation.modalities["text"]["sentiment"]["positive"] > 0


def test_words_say_what_they_did_for_the_answer(post_predictor: Predictor) -> None:
    scores = {
        str(POST.text)[span.start : span.end]: span.scores["sentiment"] for span in words_of(post_predictor, POST)
    }
    assert list(scores) == ["This", "was", "a", "GREAT", "film", "not", "boring"]
    assert max(scores, key=scores.__getitem__) == "GREAT"
    assert min(scores, key=scores.__getitem__) == "boring"
    assert scores["GREAT"] > 0 > scores["boring"]


def test_a_word_counts_what_the_answer_loses_without_it(post_predictor: Predictor) -> None:
    shorter = replace(POST, text="This was a film, not boring!")
    great = words_of(post_predictor, POST)[3]
    loss = probability(post_predictor, POST) - probability(post_predictor, shorter)
    assert great.scores["sentiment"] == pytest.approx(loss, abs=1e-5)


def test_without_its_only_word_a_text_is_absent(post_predictor: Predictor) -> None:
    item = Item(text=" great ", image=PICTURE)
    (only,) = words_of(post_predictor, item)
    loss = probability(post_predictor, item) - probability(post_predictor, Item(image=PICTURE))
    assert (only.start, only.end) == (1, 6)
    assert only.scores["sentiment"] == pytest.approx(loss, abs=1e-5)


def test_offsets_are_characters_of_the_text_as_it_came_in(predictor: Predictor) -> None:
    text = "😀 Ça était  (great) 👍🏽\u3000這"
    found = [text[span.start : span.end] for span in words_of(predictor, Item(text=text))]
    assert found == ["😀", "Ça", "était", "great", "👍🏽", "這"]


@pytest.fixture
def cleaning_predictor(tmp_path: Path) -> Predictor:
    folder = write_tiny_bundle(tmp_path)
    names = Pictographs({"\U0001f621": "awful", "\U0001f44d": "great"}, {":)": "good"})
    (folder / "pictographs.json").write_text(names.to_json(), encoding="utf-8")
    spec = tiny_spec(folder)
    text, *others = spec.modalities
    modalities = (text.model_copy(update={"pictographs": "pictographs.json"}), *others)
    write_spec(folder, spec.model_copy(update={"modalities": modalities}))
    return Predictor.open(folder)


def test_offsets_are_of_the_text_before_it_was_cleaned(cleaning_predictor: Predictor) -> None:
    text = "RT @bob: b\u00ador\u200bing &amp; greeeat \U0001f621\U0001f621 :) http://t.co/x"
    spans = words_of(cleaning_predictor, Item(text=text))
    found = {text[span.start : span.end]: span.scores["sentiment"] for span in spans}
    assert "http://t.co/x" in found
    assert found["http://t.co/x"] == found["@bob"] == pytest.approx(0, abs=1e-6)
    assert found["greeeat"] * found[":)"] > 0
    assert found["greeeat"] * found["b\u00ador\u200bing"] < 0


def test_a_cleaned_and_a_plain_text_get_the_same_answer(cleaning_predictor: Predictor, predictor: Predictor) -> None:
    disguised = probability(cleaning_predictor, Item(text="@bob b\u00adoring f\u0456lm \U0001f621"))
    assert disguised == pytest.approx(probability(predictor, Item(text="boring film (awful)")), abs=1e-6)


@pytest.mark.parametrize("item", [Item(image=PICTURE), Item(text="  ", image=PICTURE), Item(text="", image=PICTURE)])
def test_where_there_is_no_text_there_are_no_words(post_predictor: Predictor, item: Item) -> None:
    assert words_of(post_predictor, item) == ()


@pytest.mark.parametrize("wanted", [BOTH, BOTH[:1], BOTH[1:]])
def test_only_what_is_wanted_is_explained(predictor: Predictor, wanted: tuple[Explain, ...]) -> None:
    _, explanation = explain(predictor, Item(text="good"), *wanted)
    assert (explanation.modalities is not None) == (explanation.baseline is not None) == ("modalities" in wanted)
    assert (explanation.words is not None) == ("words" in wanted)


def test_explaining_leaves_the_prediction_as_it_is(post_predictor: Predictor) -> None:
    plain_answer, explained = post_predictor.predict(POST), post_predictor.predict(POST, BOTH)
    assert plain_answer.explanation is None
    assert (explained.heads, explained.modalities) == (plain_answer.heads, plain_answer.modalities)
    assert explained.warnings == plain_answer.warnings


def test_each_item_of_a_batch_is_explained_as_if_it_were_alone(post_predictor: Predictor) -> None:
    items = [POST, Item(text="boring, and it was terrible"), Item(), Item(image=PICTURE), Item(text="good " * 100)]
    wanted: list[tuple[Explain, ...]] = [BOTH, BOTH, BOTH, (), ("words",)]
    answers = post_predictor.predict_batch(items, wanted)
    for row in (0, 1, 4):
        answer = answers[row]
        assert isinstance(answer, Prediction)
        assert answer.explanation is not None
        alone = explain(post_predictor, items[row], *wanted[row])[1]
        assert numbers(answer.explanation) == pytest.approx(numbers(alone), abs=1e-5)
    assert getattr(answers[3], "explanation", "") is None


def numbers(explanation: Explanation) -> list[float]:
    heads = [*(explanation.modalities or {}).values(), *([explanation.baseline] if explanation.baseline else [])]
    spans = explanation.words or ()
    own = [value for span in spans for value in (span.start, span.end, span.scores["sentiment"])]
    return own + [value for head in heads for value in head["sentiment"].values()]


def noted(runs: list[str], name: str, run: Callable[[Arrays], list[np.ndarray]], inputs: Arrays) -> list[np.ndarray]:
    runs.append(name)
    return run(inputs)


def test_the_picture_is_not_encoded_again(post_predictor: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []
    for name, encoder in post_predictor._encoders.items():
        monkeypatch.setattr(encoder.graph, "run", partial(noted, runs, name, encoder.graph.run))
    post_predictor.predict(POST, BOTH)
    assert runs.count("image") == 1
    assert runs.count("text") > 1


def test_the_time_of_explaining_is_told_where_there_was_any(predictor: Predictor) -> None:
    assert list(predictor.predict(Item(text="good"), BOTH).timing_ms) == ["read", "encode", "fuse", "explain"]


def test_as_many_wishes_as_items(predictor: Predictor) -> None:
    with pytest.raises(ValueError, match="shorter"):
        predictor.predict_batch([Item(text="good")], [])
