"""The bundles in models/, as they ship."""

import re
from pathlib import Path

import pytest

from model_bundle import Item, Prediction, Predictor
from model_bundle.catalog import Catalog
from tests.pictures import encoded, noise

MODELS = Path(__file__).parent.parent / "models"
LARGEST = 60_000_000

PLAIN_REVIEWS = {
    "An absolute masterpiece: moving, funny and beautifully shot. I loved every minute of it.": "positive",
    "One of the best films I have ever seen. Wonderful performances and a perfect ending.": "positive",
    "A complete waste of time. The plot is stupid, the acting is awful and I nearly walked out.": "negative",
    "Terrible script, boring from start to finish. Avoid this disaster.": "negative",
}


PLAIN_POSTS = {
    "Such a beautiful day with the people I love! #blessed #happy": "positive",
    "Congratulations to our amazing team, we are so proud of you!": "positive",
    "Heartbroken and angry. Another terrible, senseless tragedy. #sad": "negative",
    "This is disgusting. What a horrible, shameful disaster.": "negative",
}


@pytest.fixture(scope="module")
def posts() -> Predictor:
    return Catalog(MODELS).predictor("posts")


@pytest.fixture(scope="module")
def pictures() -> list[bytes]:
    return [encoded(noise(300 + 40 * seed, 260, seed), "JPEG") for seed in range(4)]


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
    assert "/" not in re.sub(r"\b(runs|models|weights)/", "", spec.provenance.command)
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


@pytest.mark.parametrize(("text", "label"), PLAIN_POSTS.items())
def test_plain_posts_are_understood(posts: Predictor, text: str, label: str) -> None:
    assert posts.predict(Item(text=text)).heads["sentiment"].label == label


def test_posts_are_judged_by_text_by_picture_and_by_both(posts: Predictor, pictures: list[bytes]) -> None:
    text = next(iter(PLAIN_POSTS))
    items = [Item(text=text), Item(image=pictures[0]), Item(text=text, image=pictures[0])]
    assert [posts.predict(item).modalities for item in items] == [
        {"text": True, "image": False},
        {"text": False, "image": True},
        {"text": True, "image": True},
    ]
    assert len({posts.predict(item).heads["sentiment"].confidence for item in items}) == 3


def test_a_post_gets_the_same_scores_alone_and_in_a_batch(posts: Predictor, pictures: list[bytes]) -> None:
    texts = [*PLAIN_POSTS, "so " * 200]
    items = [Item(text=text, image=image) for text, image in zip(texts, [*pictures, None], strict=True)]
    items += [Item(text=text) for text in texts] + [Item(image=image) for image in pictures]
    together = [positive_score(answer) for answer in posts.predict_batch(items)]
    alone = [positive_score(posts.predict(item)) for item in items]
    assert together == pytest.approx(alone, abs=1e-5)


def test_the_modalities_of_a_post_add_up(posts: Predictor, pictures: list[bytes]) -> None:
    item = Item(text=next(iter(PLAIN_POSTS)), image=pictures[1])
    answer = posts.predict(item, explain=["modalities"])
    assert answer.explanation is not None
    assert answer.explanation.modalities is not None
    assert answer.explanation.baseline is not None
    scores = answer.heads["sentiment"].scores
    contributions = answer.explanation.modalities.values()
    for label, score in scores.items():
        total = sum(heads["sentiment"][label] for heads in contributions)
        assert total == pytest.approx(score - answer.explanation.baseline["sentiment"][label], abs=1e-5)


@pytest.mark.parametrize("path", list(MODELS.rglob("*.onnx")), ids=lambda path: path.name)
def test_a_graph_holds_no_trace_of_the_machine_that_exported_it(path: Path) -> None:
    assert not re.search(rb"/[\w.-]+/[\w./-]+\.py\b", path.read_bytes())
