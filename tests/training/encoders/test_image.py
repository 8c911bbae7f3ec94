import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from model_bundle import Item
from training.datasets import load_dataset
from training.encoders import ImageEncoder, ImageRecipe
from training.encoders.augmentation import AugmentationRecipe
from training.fitting.material import Material
from training.fitting.random_state import seed_everything

DIMENSION = 8
SMALL = {
    "mobilenet_v2": {"depth_multiplier": 0.25},
    "resnet": {"depths": [1, 1], "hidden_sizes": [16, 32], "embedding_size": 16, "layer_type": "basic"},
}


def recipe_of(kind: str, **changes: object) -> ImageRecipe:
    values = {"kind": kind, "checkpoint": None, "architecture": SMALL[kind], "size": 48, "shorter_side": 56}
    return ImageRecipe(**values | changes)  # type: ignore[arg-type]


def build(recipe: ImageRecipe) -> ImageEncoder:
    seed_everything(0)
    return recipe.build(recipe.learn(Material([])), DIMENSION)


@pytest.fixture(params=list(SMALL))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def pixels() -> Tensor:
    return torch.randint(0, 256, (3, 48, 48, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def test_a_picture_alone_and_in_company_is_encoded_the_same(kind: str, pixels: Tensor) -> None:
    encoder = build(recipe_of(kind)).eval()
    with torch.inference_mode():
        together = encoder(pixels)
        alone = torch.cat([encoder(picture[None]) for picture in pixels])
    assert together.shape == (3, DIMENSION)
    assert torch.allclose(together, alone, rtol=1e-4, atol=1e-4)  # random weights blow rounding up


def test_pixels_are_scaled_as_the_published_weights_want_it(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = build(recipe_of(kind)).eval()
    seen: list[Tensor] = []

    class Watched(torch.nn.Module):
        def forward(self, pictures: Tensor) -> SimpleNamespace:
            seen.append(pictures)
            return SimpleNamespace(pooler_output=torch.zeros(1, encoder.projection.in_features))

    monkeypatch.setattr(encoder, "network", Watched())
    encoder(torch.tensor([[[[0, 127, 255]]]], dtype=torch.uint8))
    expected = {"mobilenet_v2": [-1, 127 / 127.5 - 1, 1], "resnet": [-0.485 / 0.229, (127 / 255 - 0.456) / 0.224, 2.64]}
    assert seen[0].flatten().tolist() == pytest.approx(expected[kind], abs=1e-4)


def test_frozen_batch_norms_keep_their_statistics_in_training(kind: str, pixels: Tensor) -> None:
    for frozen in (True, False):
        encoder = build(recipe_of(kind, frozen_batch_norms=frozen)).train()
        before = {name: value.clone() for name, value in encoder.network.named_buffers()}
        encoder(pixels)
        same = [torch.equal(value, before[name]) for name, value in encoder.network.named_buffers()]
        assert all(same) == frozen


def test_pictures_change_in_training_alone(kind: str, pixels: Tensor) -> None:
    recipe = recipe_of(kind, dropout=0.0, frozen_batch_norms=False, augmentation=AugmentationRecipe())
    encoder = build(recipe)
    with torch.inference_mode():
        assert not torch.allclose(encoder.train()(pixels), encoder(pixels))
        assert torch.equal(encoder.eval()(pixels), encoder(pixels))


def test_the_last_blocks_learn(kind: str) -> None:
    encoder = build(recipe_of(kind, trainable=1))
    learning = {name for name, weight in encoder.network.named_parameters() if weight.requires_grad}
    assert learning
    assert len(learning) < 0.5 * len(list(encoder.network.parameters()))


def test_the_reader_gives_what_the_encoder_takes(kind: str) -> None:
    recipe = recipe_of(kind)
    file = io.BytesIO()
    Image.fromarray(np.zeros((60, 90, 3), np.uint8)).save(file, "PNG")
    arrays = recipe.reader({}).read(Item(image=file.getvalue())).arrays
    assert arrays is not None
    (declared,) = build(recipe).inputs
    assert arrays["pixels"].dtype.name == declared.dtype
    assert arrays["pixels"].shape == declared.shape[1:]


def test_published_networks_rest_while_only_the_heads_learn(kind: str) -> None:
    encoder = build(recipe_of(kind))
    encoder.let_learn(published=False)
    assert {name for name, weight in encoder.named_parameters() if weight.requires_grad} == {
        "projection.weight",
        "projection.bias",
    }
    encoder.let_learn(published=True)
    assert any(weight.requires_grad for weight in encoder.network.parameters())


def test_features_are_standardised_over_the_training_pictures(tmp_path: Path) -> None:
    published = build(recipe_of("resnet"))
    published.network.save_pretrained(tmp_path)
    recipe = recipe_of("resnet", checkpoint=str(tmp_path))
    material = Material(load_dataset("synthetic", tmp_path, "train")[:60])
    learned = recipe.learn(material)
    encoder = recipe.build(learned, DIMENSION)
    recipe.initialise(encoder, learned, material)
    reader = recipe.reader(learned)
    arrays = [found for example in material.examples if (found := reader.read(example.item).arrays)]
    with torch.inference_mode():
        features = encoder.eval().features(torch.from_numpy(reader.stack(arrays)["pixels"]))
        standardised = encoder.standardisation(features)
    assert standardised.mean(dim=0).abs().max() < 1e-3
    assert features.std(dim=0).max() > 0
    moving = features.std(dim=0) > 0.1
    assert (standardised.std(dim=0)[moving] - 1).abs().max() < 0.02
