import pytest
import torch
from torch import Tensor

from model_bundle import Item
from tests.training.tiny import describe_tiny, features_of, tiny_recipe
from training.datasets import Example
from training.fitting.assembly import build_model
from training.fitting.batches import Batch, FeatureSet
from training.fitting.model import MultimodalModel
from training.fitting.random_state import seed_everything

ITEMS = {
    "both": Item("A wonderful film.", ("Drama",), 1980),
    "text": Item("An awful film."),
    "metadata": Item(genres=("Horror",)),
    "neither": Item(),
}


@pytest.fixture
def model(examples: list[Example]) -> MultimodalModel:
    seed_everything(0)
    return build_model(describe_tiny(examples, tiny_recipe())).eval()


@pytest.fixture
def features(examples: list[Example]) -> FeatureSet:
    items = [Example(name, item, {"sentiment": "positive"}, name) for name, item in ITEMS.items()]
    return features_of(items, describe_tiny(examples, tiny_recipe()))


def test_each_encoder_sees_just_the_items_that_have_its_modality(model: MultimodalModel, features: FeatureSet) -> None:
    embeddings = model.embed(features.batch(range(4)))
    assert embeddings.any(dim=2).tolist() == [[True, True], [True, False], [False, True], [False, False]]


def test_an_item_does_not_depend_on_its_company(model: MultimodalModel, features: FeatureSet) -> None:
    together = model(features.batch(range(4)))["sentiment"]
    alone = torch.cat([model(features.batch([row]))["sentiment"] for row in range(4)])
    assert torch.allclose(together, alone, rtol=0, atol=1e-6)


def test_leaving_a_modality_out_is_not_having_it(model: MultimodalModel, features: FeatureSet) -> None:
    text_alone = features.batch([0]).keeping(torch.tensor([True, False]))
    metadata_alone = features.batch([0]).keeping(torch.tensor([False, True]))
    logits = {tuple(part.present[0].tolist()): model(part)["sentiment"] for part in (text_alone, metadata_alone)}
    assert logits.keys() == {(True, False), (False, True)}
    embedded = model.embed(text_alone)
    expected = model.fusion.paired(embedded.index_fill(1, torch.tensor([1]), 9.0), text_alone.present)["sentiment"]
    assert torch.equal(logits[True, False], expected)


def _kept(model: MultimodalModel, batch: Batch, monkeypatch: pytest.MonkeyPatch) -> Tensor:
    """Return the mask that the fusion is given in training."""
    masks: list[Tensor] = []
    paired = model.fusion.paired

    def watched(embeddings: Tensor, present: Tensor) -> dict[str, Tensor]:
        masks.append(present)
        return paired(embeddings, present)

    monkeypatch.setattr(model.fusion, "paired", watched)
    model(batch)
    return masks[0]


def test_training_drops_modalities_but_never_the_last(
    model: MultimodalModel, features: FeatureSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.chances = torch.tensor([0.5, 0.9])
    batch = features.batch([0] * 500 + [1] * 500 + [3])
    kept = _kept(model.train(), batch, monkeypatch)
    both, text, neither = kept[:500], kept[500:1000], kept[1000]
    assert both.any(dim=1).all()
    # Dropping both, 45 times in 100, keeps both.
    assert both.float().mean(dim=0).tolist() == pytest.approx([0.95, 0.55], abs=0.08)
    assert text.tolist() == [[True, False]] * 500
    assert not neither.any()


def test_judging_drops_nothing(model: MultimodalModel, features: FeatureSet, monkeypatch: pytest.MonkeyPatch) -> None:
    model.chances = torch.tensor([0.9, 0.9])
    batch = features.batch([0] * 20)
    assert torch.equal(_kept(model.eval(), batch, monkeypatch), batch.present)


def test_the_recipe_says_how_often_modalities_are_dropped(examples: list[Example]) -> None:
    recipe = tiny_recipe("modality_dropout={metadata: 0.75}")
    assert build_model(describe_tiny(examples, recipe)).chances.tolist() == [0, 0.75]


def test_the_views_are_all_modalities_and_each_alone(model: MultimodalModel, features: FeatureSet) -> None:
    batch = features.batch(range(4))
    views = model.views(batch, unimodal=True)["sentiment"]
    assert torch.allclose(views[0], model(batch)["sentiment"], rtol=0, atol=1e-6)
    for position, kept in enumerate(([True, False], [False, True]), start=1):
        alone = model(batch.keeping(torch.tensor(kept)))["sentiment"]
        has_it = batch.present[:, position - 1]
        assert torch.allclose(views[position][has_it], alone[has_it], rtol=0, atol=1e-6)
