"""A modality of another package goes the whole way: trained, exported and served, with no change to ours."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from lambda_fn.application import create_application
from lambda_fn.settings import read_settings
from model_bundle import Item, Predictor
from model_bundle.catalog import Catalog
from model_export.export import export_bundle
from tests.training.tiny import CPU, tiny_posts_recipe
from training.commands.train import write_run
from training.datasets import load_dataset
from training.fitting.fit import fit
from training.recipe import Recipe, recipe_from, recipe_values

OUTSIDE = Path(__file__).parent / "outside"


def with_punctuation(kind: str) -> Recipe:
    """Return a recipe whose image encoder has given way to the other package's."""
    values = recipe_values(tiny_posts_recipe("demo", "optimisation.epochs=1"))
    values["encoders"] = {"text": values["encoders"]["text"], "punctuation": {"kind": kind}}
    values["modality_dropout"] = {"punctuation": 0.2}
    return recipe_from(values)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["punctuation", "toy_modality:PunctuationRecipe"])
def test_it_is_trained_exported_and_served(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(OUTSIDE))
    recipe = with_punctuation(kind)
    write_run(
        fit(recipe, load_dataset("synthetic", tmp_path, "train")[:80], [], tmp_path / "run", CPU), tmp_path / "run"
    )
    bundle = tmp_path / "models" / recipe.name
    export_bundle(tmp_path / "run" / "best.pt", bundle, quantise=True, measurements=[])
    assert "exclamation and question marks." in (bundle / "README.md").read_text(encoding="utf-8")
    assert Predictor.open(bundle).predict(Item(text="What a day!")).modalities == {"text": True, "punctuation": True}
    with TestClient(create_application(read_settings(), Catalog(bundle.parent))) as client:
        response = client.post("/v1/predict", json={"text": "What a day!", "explain": ["modalities"]}).json()
    assert response["modalities"]["punctuation"]["present"]
    assert response["modalities"]["punctuation"]["contribution"]["sentiment"].keys() == {
        "negative",
        "neutral",
        "positive",
    }


def test_a_kind_that_nobody_has_is_named_with_those_there_are() -> None:
    with pytest.raises(
        ValueError, match=r"There is no encoder 'punctuation'; choose from lstm, bert, .* `module:attribute`"
    ):
        with_punctuation("punctuation")
    with pytest.raises(ValueError, match=r"The encoder 'nowhere:Recipe' can't be imported"):
        with_punctuation("nowhere:Recipe")
