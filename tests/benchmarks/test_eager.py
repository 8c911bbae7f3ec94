"""That PyTorch, beside which the predictor is timed, does the same work."""

from pathlib import Path

import pytest

from benchmarks.eager import EagerModel
from benchmarks.post import SIDE, TEXT, posts
from benchmarks.posts import measure_posts, print_posts
from model_bundle import Item, Predictor
from model_bundle.decoding.image import decode_image
from model_export.export import export_bundle
from tests.training.tiny import CPU, tiny_posts_recipe
from training.commands.train import write_run
from training.datasets import load_dataset
from training.fitting.fit import fit

Trained = tuple[Path, Path]


@pytest.fixture(scope="module", params=["demo", "posts"])
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A small bundle of posts, and the checkpoint that it comes from: one with an LSTM, one with a BERT."""
    recipe = tiny_posts_recipe(request.param, "optimisation.epochs=1")
    run, models = tmp_path_factory.mktemp("run"), tmp_path_factory.mktemp("models")
    write_run(fit(recipe, load_dataset("synthetic", run, "train")[:80], [], run, CPU), run)
    export_bundle(run / "best.pt", models / recipe.name, quantise=False, measurements=[])
    return models / recipe.name, run / "best.pt"


@pytest.mark.slow
def test_the_trained_model_answers_as_the_bundle(trained: Trained) -> None:
    folder, checkpoint = trained
    predictor, eager = Predictor.open(folder), EagerModel.trained(checkpoint)
    for item in posts().values():
        expected = predictor.predict(item).heads["sentiment"].scores
        assert eager.judge(item)["sentiment"] == pytest.approx(list(expected.values()), abs=1e-5)


@pytest.mark.slow
def test_random_weights_fill_the_same_network(trained: Trained) -> None:
    folder, checkpoint = trained
    untrained, loaded = EagerModel.untrained(folder), EagerModel.trained(checkpoint)
    assert untrained.parameter_shapes == loaded.parameter_shapes
    assert sum(untrained.judge(Item(text=TEXT))["sentiment"]) == pytest.approx(1)


@pytest.mark.slow
def test_both_sides_are_timed_for_every_part_of_a_post(trained: Trained) -> None:
    folder, _ = trained
    measured = measure_posts(folder, EagerModel.untrained(folder), repetitions=3)
    assert list(measured) == ["text and picture", "text alone", "picture alone"]
    assert all(latency.median > 0 for pair in measured.values() for latency in pair)


def test_a_bundle_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    print_posts(tmp_path / "posts", None)
    assert (
        capsys.readouterr().out
        == f"Posts are not measured: there is no bundle {tmp_path}/posts. Name one with --posts.\n"
    )


def test_the_post_has_20_words_and_a_picture() -> None:
    item = posts()["text and picture"]
    assert len(TEXT.split()) == 20
    assert item.image is not None
    assert decode_image(item.image, SIDE * SIDE).pixels.shape == (SIDE, SIDE, 3)
