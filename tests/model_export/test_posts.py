"""Every recipe for text and images, small and on made data: trained, exported and asked."""

import re
from pathlib import Path

import numpy as np
import pytest

from model_bundle import Item, Prediction, Predictor
from model_bundle.folder import read_spec
from model_export.export import export_bundle
from tests.training.tiny import CPU, TINY_CLIPS, TINY_POSTS, TINY_TEXTS, tiny_posts_recipe
from training.commands.train import write_run
from training.datasets import Example, load_dataset
from training.fitting.fit import fit
from training.recipe import RECIPES_FOLDER, Recipe

pytestmark = pytest.mark.slow  # each recipe is trained and traced

Exported = tuple[Path, list[str]]


def test_no_recipe_is_forgotten() -> None:
    assert {path.stem for path in RECIPES_FOLDER.glob("*.yaml")} == {
        "reviews",
        "reviews_teacher",
        *TINY_POSTS,
        *TINY_TEXTS,
        *TINY_CLIPS,
    }


@pytest.fixture(scope="session", params=sorted(TINY_POSTS))
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """The bundle of a recipe, and what the export said."""
    return export(tiny_posts_recipe(request.param), tmp_path_factory.mktemp(request.param))


def export(recipe: Recipe, place: Path) -> Exported:
    train(recipe, place / "run")
    folder = place / "models" / recipe.name
    return folder, export_bundle(place / "run" / "best.pt", folder, quantise=True, measurements=[])


def train(recipe: Recipe, run: Path) -> None:
    examples = load_dataset(recipe.data.dataset, run, "train")[:160]
    write_run(fit(recipe, examples, [], run, CPU), run)


@pytest.fixture(scope="session")
def predictor(exported: Exported) -> Predictor:
    return Predictor.open(exported[0])


@pytest.fixture(scope="session")
def posts(tmp_path_factory: pytest.TempPathFactory) -> list[Example]:
    return load_dataset("synthetic", tmp_path_factory.mktemp("nothing"), "test")[:12]


def scores(answer: object) -> list[float]:
    assert isinstance(answer, Prediction)
    return list(answer.heads["sentiment"].scores.values())


def test_every_graph_is_within_a_ten_thousandth_of_torch(exported: Exported) -> None:
    differences = re.findall(r"^(\w+)\.onnx: at most (\S+) from torch$", "\n".join(exported[1]), re.MULTILINE)
    assert [name for name, _ in differences] == ["text", "image", "fusion"]
    assert all(float(difference) <= 1e-4 for _, difference in differences)


def test_any_modality_may_be_absent(predictor: Predictor, posts: list[Example]) -> None:
    item = next(example.item for example in posts if example.item.text and example.item.image)
    answers = [scores(predictor.predict(of)) for of in (item, item.without("image"), item.without("text"))]
    assert np.abs(np.subtract(answers[0], answers[1])).max() > 1e-6
    assert np.abs(np.subtract(answers[0], answers[2])).max() > 1e-6


def test_an_answer_does_not_depend_on_its_company(predictor: Predictor, posts: list[Example]) -> None:
    items = [*(example.item for example in posts), Item("long " * 90)]
    together = [scores(answer) for answer in predictor.predict_batch(items)]
    alone = [scores(predictor.predict(item)) for item in items]
    assert np.allclose(together, alone, rtol=0, atol=1e-5)


def test_nothing_of_this_machine_is_in_a_bundle(exported: Exported) -> None:
    for path in exported[0].iterdir():
        assert str(Path(__file__).parent.parent).encode() not in path.read_bytes()
    assert {path.name for path in exported[0].iterdir()} == {*read_spec(exported[0]).files, "bundle.json"}


@pytest.mark.parametrize("name", TINY_TEXTS)
def test_posts_go_on_from_a_text_recipe(name: str, tmp_path: Path) -> None:
    train(tiny_posts_recipe(name), tmp_path / name)
    start = tmp_path / name / "best.pt"
    folder, _ = export(tiny_posts_recipe("posts", f"encoders.text.start_from={start}"), tmp_path)
    assert read_spec(folder).files.keys() >= {"text.onnx", "image.onnx", "fusion.onnx"}
    assert len(read_spec(folder).provenance.datasets) == 2
