import numpy as np
import pytest
import torch

from tests.training.tiny import describe_tiny, features_of, tiny_recipe
from training.datasets import Example
from training.fitting.assembly import build_model
from training.fitting.batches import FeatureSet
from training.fitting.inference import predict_logits
from training.fitting.model import MultimodalModel


@pytest.fixture(scope="module")
def model_and_features(examples: list[Example]) -> tuple[MultimodalModel, FeatureSet]:
    torch.manual_seed(0)
    description = describe_tiny(examples, tiny_recipe())
    return build_model(description), features_of(examples, description)


def test_logits_come_in_the_order_of_the_examples(model_and_features: tuple[MultimodalModel, FeatureSet]) -> None:
    model, features = model_and_features
    logits = predict_logits(model, features, batch_size=7)["sentiment"]
    with torch.inference_mode():
        alone = torch.cat([model(features.batch([row]))["sentiment"] for row in range(len(features))])
    assert not model.training
    assert logits.dtype == np.float32
    assert np.allclose(logits, alone, rtol=0, atol=1e-5)


def test_only_the_kept_modalities_are_used(model_and_features: tuple[MultimodalModel, FeatureSet]) -> None:
    model, features = model_and_features
    films = [example.group for example in features.examples]
    logits = predict_logits(model, features, keep=("metadata",))["sentiment"]
    first_of_film = np.array([films.index(film) for film in films])
    assert np.allclose(logits, logits[first_of_film], rtol=0, atol=1e-6)
    assert len(np.unique(logits.round(4), axis=0)) > 5
    both = predict_logits(model, features, keep=("text", "metadata"))["sentiment"]
    assert np.array_equal(both, predict_logits(model, features)["sentiment"])
