from pathlib import Path

import pytest
import torch
from torch import Tensor

from model_bundle import Item
from model_bundle.spec import GraphSpec
from training.datasets import Example
from training.encoders import MetadataEncoder, MetadataRecipe
from training.encoders.encoder import Learned
from training.fitting.material import Material

RECIPE = MetadataRecipe(hidden=4, minimum_genre_count=2)
GENRES = [("Drama", "Sci-Fi"), ("Drama",), ("Sci-Fi", "Western"), ()]


@pytest.fixture(scope="module")
def learned() -> Learned:
    return RECIPE.learn(Material([Example(str(at), Item("", genres), {}, "0") for at, genres in enumerate(GENRES)]))


@pytest.fixture
def features(learned: Learned) -> tuple[MetadataEncoder, list[Tensor]]:
    """An encoder, and the features that its layers were given."""
    encoder = RECIPE.build(learned, 3).eval()
    seen: list[Tensor] = []
    encoder.layers.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    return encoder, seen


def encode(encoder: MetadataEncoder, learned: Learned, *items: Item) -> Tensor:
    reader = RECIPE.reader(learned)
    arrays = [reader.read(item).arrays for item in items]
    stacked = reader.stack([row for row in arrays if row is not None])
    embeddings: Tensor = encoder(**{name: torch.from_numpy(value) for name, value in stacked.items()})
    return embeddings


def test_frequent_genres_are_the_vocabulary(learned: Learned) -> None:
    assert learned == {"genres": ("Drama", "Sci-Fi")}


def test_the_graph_scales_the_year_and_flags_what_is_unknown(
    features: tuple[MetadataEncoder, list[Tensor]], learned: Learned
) -> None:
    encoder, seen = features
    encode(encoder, learned, Item(genres=("Drama",), year=2010), Item(genres=("Sci-Fi",)), Item(year=1970))
    # Drama, Sci-Fi, (year - 1990) / 20, year known, genres known
    assert seen[0].tolist() == [[1, 0, 1, 1, 1], [0, 1, 0, 0, 1], [0, 0, -1, 1, 0]]


def test_the_declared_inputs_are_the_readers_arrays(learned: Learned) -> None:
    arrays = RECIPE.reader(learned).read(Item(year=1994)).arrays
    assert arrays is not None
    inputs = RECIPE.build(learned, 3).inputs
    assert {spec.name: spec.dtype for spec in inputs} == {name: str(value.dtype) for name, value in arrays.items()}
    assert {spec.name: spec.shape[1:] for spec in inputs} == {name: value.shape for name, value in arrays.items()}


def test_an_item_does_not_depend_on_its_company(
    features: tuple[MetadataEncoder, list[Tensor]], learned: Learned
) -> None:
    items = [Item(year=1950), Item(genres=("Drama", "Sci-Fi"), year=2020)]
    alone = torch.cat([encode(features[0], learned, item) for item in items])
    assert torch.allclose(encode(features[0], learned, *items), alone, rtol=0, atol=1e-6)


def test_other_names_are_kept_of_known_genres_alone(learned: Learned, tmp_path: Path) -> None:
    spec = RECIPE.describe(learned, GraphSpec(file="metadata.onnx", inputs=(), outputs=()), tmp_path)
    assert spec.genres == ("Drama", "Sci-Fi")
    assert set(spec.genre_aliases.values()) == {"Sci-Fi"}
    assert spec.genre_aliases["science fiction"] == "Sci-Fi"
