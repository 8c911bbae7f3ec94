from pathlib import Path

import pytest
import torch

from training.encoders.r3d18 import R3d18, R3d18Recipe, load_published
from training.errors import RecipeError

LAYERS = {"layer1": (64, 64), "layer2": (64, 128), "layer3": (128, 256), "layer4": (256, 512)}


def published() -> dict[str, torch.Tensor]:
    """Return made-up weights under the names, and in the shapes, of torchvision's `r3d_18`."""
    state = {"stem.0.weight": torch.randn(64, 3, 3, 7, 7), **norm("stem.1", 64)}
    for layer, (narrow, wide) in LAYERS.items():
        for block in (0, 1):
            first = narrow if block == 0 else wide
            state[f"{layer}.{block}.conv1.0.weight"] = torch.randn(wide, first, 3, 3, 3)
            state[f"{layer}.{block}.conv2.0.weight"] = torch.randn(wide, wide, 3, 3, 3)
            state |= norm(f"{layer}.{block}.conv1.1", wide) | norm(f"{layer}.{block}.conv2.1", wide)
        if narrow != wide:
            state[f"{layer}.0.downsample.0.weight"] = torch.randn(wide, narrow, 1, 1, 1)
            state |= norm(f"{layer}.0.downsample.1", wide)
    return state | {"fc.weight": torch.randn(400, 512), "fc.bias": torch.randn(400)}


def norm(name: str, channels: int) -> dict[str, torch.Tensor]:
    values = {part: torch.rand(channels) for part in ("weight", "bias", "running_mean", "running_var")}
    return {f"{name}.{part}": value for part, value in values.items()} | {
        f"{name}.num_batches_tracked": torch.tensor(1)
    }


def test_a_published_checkpoint_loads_with_nothing_missing(tmp_path: Path) -> None:
    state = published()
    torch.save(state, tmp_path / "r3d_18.pth")
    network = R3d18()
    load_published(network, tmp_path / "r3d_18.pth")
    assert all(torch.equal(value, state[name]) for name, value in network.state_dict().items())
    assert state.keys() - network.state_dict().keys() == {"fc.weight", "fc.bias"}


@pytest.mark.parametrize("damage", ["missing", "shape", "file"])
def test_other_weights_are_refused(tmp_path: Path, damage: str) -> None:
    state = published()
    if damage == "missing":
        del state["layer4.1.conv2.0.weight"]
    elif damage == "shape":
        state["stem.0.weight"] = torch.randn(64, 3, 7, 7)
    path = tmp_path / "weights.pth"
    torch.save(state, path) if damage != "file" else path.write_bytes(b"no checkpoint")
    with pytest.raises(RecipeError, match=r"weights\.pth doesn't hold the weights of R3D-18"):
        load_published(R3d18(), path)


def test_a_network_that_rests_stays_as_it_is() -> None:
    recipe = R3d18Recipe(checkpoint=None, frames=2, size=16, shorter_side=16, trainable="none")
    encoder = recipe.build({}, 4).train()
    learning = {name.split(".")[0] for name, parameter in encoder.named_parameters() if parameter.requires_grad}
    assert learning == {"projection"}
    assert not encoder.network.training
