"""The bundles in models/, as they ship."""

from pathlib import Path

import pytest

from model_bundle import Item, Prediction, Predictor
from model_bundle.catalog import Catalog

MODELS = Path(__file__).parent.parent / "models"
LARGEST = 60_000_000

PLAIN_REVIEWS = {
    "An absolute masterpiece: moving, funny and beautifully shot. I loved every minute of it.": "positive",
    "One of the best films I have ever seen. Wonderful performances and a perfect ending.": "positive",
    "A complete waste of time. The plot is stupid, the acting is awful and I nearly walked out.": "negative",
    "Terrible script, boring from start to finish. Avoid this disaster.": "negative",
}


@pytest.fixture(scope="module")
def reviews() -> Predictor:
    return Catalog(MODELS).predictor("reviews")


def positive_score(answer: object) -> float:
    assert isinstance(answer, Prediction)
    return answer.heads["sentiment"].scores["positive"]


def test_all_bundles_are_sound_and_together_small_enough() -> None:
    assert Catalog(MODELS).specs
    assert sum(path.stat().st_size for path in MODELS.rglob("*")) < LARGEST


@pytest.mark.parametrize("name", Catalog(MODELS).specs)
def test_a_bundle_says_where_it_comes_from_and_how_good_it_is(name: str) -> None:
    spec = Catalog(MODELS).specs[name]
    assert spec.measurements
    assert not spec.provenance.commit.endswith("+changes")
    assert "/" not in spec.provenance.command.replace("runs/", "").replace("models/", "")
    assert (MODELS / name / "README.md").read_text(encoding="utf-8").startswith(f"# {spec.name} {spec.version}")


@pytest.mark.parametrize(("text", "label"), PLAIN_REVIEWS.items())
def test_plain_reviews_are_understood(reviews: Predictor, text: str, label: str) -> None:
    head = reviews.predict(Item(text=text)).heads["sentiment"]
    assert (head.label, head.confidence > 0.9) == (label, True)


def test_a_review_gets_the_same_scores_alone_in_a_batch_and_beside_a_long_one(reviews: Predictor) -> None:
    texts = [*PLAIN_REVIEWS, "It was fine, in parts. " * 20, "word " * 2000]
    items = [Item(text=text, genres=("Drama",), year=1994) for text in texts] + [Item(text=text) for text in texts]
    together = [positive_score(answer) for answer in reviews.predict_batch(items)]
    alone = [positive_score(reviews.predict(item)) for item in items]
    beside = [positive_score(reviews.predict_batch([item, items[5]])[0]) for item in items]
    assert together == pytest.approx(alone, abs=1e-5)
    assert beside == pytest.approx(alone, abs=1e-5)


def test_metadata_alone_is_judged_with_little_confidence(reviews: Predictor) -> None:
    assert reviews.predict(Item(genres=("Horror",), year=1985)).heads["sentiment"].confidence < 0.8


@pytest.mark.parametrize("path", list(MODELS.rglob("*.onnx")), ids=lambda path: path.name)
def test_a_graph_holds_no_trace_of_the_machine_that_exported_it(path: Path) -> None:
    assert b".py" not in path.read_bytes()
