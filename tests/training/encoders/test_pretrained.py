import json
from pathlib import Path

import pytest
import torch
from pydantic import JsonValue
from torch import nn

from training.encoders.pretrained import (
    BERT,
    MOBILENET_V2,
    RESNET,
    Family,
    batch_norms,
    build_network,
    freeze,
    load_weights,
    read_configuration,
)
from training.errors import RecipeError

SMALL: dict[str, JsonValue] = {"depths": [1, 1], "hidden_sizes": [16, 32], "embedding_size": 16, "layer_type": "basic"}


def small_resnet() -> nn.Module:
    network: nn.Module = build_network(RESNET, read_configuration(RESNET, None, SMALL))
    return network


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A folder as `transformers` writes it."""
    torch.manual_seed(3)
    network = small_resnet()
    network.save_pretrained(tmp_path / "published")  # type: ignore[operator]
    return tmp_path / "published"


def test_changes_win_over_what_the_library_or_a_checkpoint_says(published: Path) -> None:
    assert json.loads(read_configuration(RESNET, None, SMALL))["depths"] == [1, 1]
    values = json.loads(read_configuration(RESNET, str(published), {"hidden_act": "gelu"}))
    assert (values["depths"], values["hidden_act"]) == ([1, 1], "gelu")


def test_a_configuration_says_nothing_of_where_it_lay(published: Path) -> None:
    assert str(published) not in read_configuration(RESNET, str(published), {})


def test_published_weights_are_loaded(published: Path) -> None:
    network = small_resnet()
    load_weights(RESNET, network, str(published))
    torch.manual_seed(3)
    expected = small_resnet().state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in network.state_dict().items())


def test_weights_of_another_size_are_refused(published: Path) -> None:
    network = build_network(RESNET, read_configuration(RESNET, None, SMALL | {"depths": [2, 1]}))
    with pytest.raises(RecipeError, match="don't fit the recipe's network"):
        load_weights(RESNET, network, str(published))


def test_a_checkpoint_that_is_nowhere_names_both_ways_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(RecipeError, match=r"no folder .* and the hub .* --set encoders\.MODALITY\.checkpoint=FOLDER"):
        read_configuration(RESNET, str(tmp_path / "nowhere"), {})


@pytest.mark.parametrize("family", [BERT, MOBILENET_V2], ids=["bert", "mobilenet_v2"])
def test_a_checkpoint_of_another_family_is_refused(family: Family, published: Path) -> None:
    with pytest.raises(RecipeError, match="is a resnet, where a"):
        read_configuration(family, str(published), {})


@pytest.mark.parametrize(
    ("trainable", "learning"),
    [("all", [True, True, True]), ("none", [False] * 3), (0, [False] * 3), (1, [False, False, True])],
)
def test_the_last_blocks_learn(trainable: object, learning: list[bool]) -> None:
    blocks = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(2, 2))
    freeze(blocks, list(blocks), trainable, frozen_batch_norms=False)  # type: ignore[arg-type]
    assert [block.weight.requires_grad for block in blocks] == learning


def test_frozen_batch_norms_do_not_learn() -> None:
    network = small_resnet()
    freeze(network, [], "all", frozen_batch_norms=True)
    assert batch_norms(network)
    assert not any(weight.requires_grad for norm in batch_norms(network) for weight in norm.parameters())
    assert any(weight.requires_grad for weight in network.parameters())
