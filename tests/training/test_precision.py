from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.training.tiny import CPU, describe_tiny, features_of, tiny_posts_recipe
from training.datasets import Example, load_dataset
from training.fitting.assembly import build_model
from training.fitting.loop import Trainer
from training.fitting.random_state import random_state, seed_everything
from training.precision import bfloat16_obstacle

LSTM_FORWARD = nn.LSTM.forward


def without_bfloat16(layer: nn.LSTM, *inputs: Any) -> Any:
    """Do what an LSTM does on a CPU without AVX-512."""
    if torch.is_autocast_enabled("cpu"):
        raise RuntimeError("could not create a primitive descriptor for the LSTM forward. Run it with ONEDNN_VERBOSE.")
    return LSTM_FORWARD(layer, *inputs)


@pytest.fixture(scope="module")
def posts(tmp_path_factory: pytest.TempPathFactory) -> list[Example]:
    return load_dataset("synthetic", tmp_path_factory.mktemp("nothing"), "train")[:48]


def trainer_of(posts: Sequence[Example], folder: Path, *changes: str, name: str = "posts_lstm_mobilenetv2") -> Trainer:
    recipe = tiny_posts_recipe(name, "optimisation.epochs=1", "optimisation.head_epochs=0", *changes)
    seed_everything(recipe.seed)
    description = describe_tiny(posts, recipe)
    train, validation = features_of(posts[:32], description), features_of(posts[32:], description)
    return Trainer(build_model(description), description, train, validation, folder, CPU)


def weights(trainer: Trainer) -> Tensor:
    return torch.cat([value.flatten().float() for value in trainer.fit().state_dict().values()])


def test_an_lstm_trains_in_float32_if_the_processor_has_no_other(
    posts: list[Example], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_float32 = weights(trainer_of(posts, tmp_path / "a", "optimisation.mixed_precision_on_cpu=false"))
    assert "bfloat16" not in capsys.readouterr().out
    monkeypatch.setattr(nn.LSTM, "forward", without_bfloat16)
    assert torch.equal(weights(trainer_of(posts, tmp_path / "b")), in_float32)
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "bfloat16" in line]
    assert line == (
        "Training in float32: this machine can't train the model in bfloat16 "
        "(could not create a primitive descriptor for the LSTM forward)."
    )


def test_a_model_without_such_a_layer_trains_in_bfloat16(
    posts: list[Example], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(nn.LSTM, "forward", without_bfloat16)
    in_bfloat16 = weights(trainer_of(posts, tmp_path / "a", name="posts"))
    in_float32 = weights(trainer_of(posts, tmp_path / "b", "optimisation.mixed_precision_on_cpu=false", name="posts"))
    assert not torch.equal(in_bfloat16, in_float32)
    assert "bfloat16" not in capsys.readouterr().out


def test_finding_out_leaves_no_trace() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Dropout(0.5))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    drawn = random_state()["cpu"].clone()
    assert bfloat16_obstacle(model, lambda: model(torch.ones(3, 4)).sum(), CPU) is None
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert torch.equal(random_state()["cpu"], drawn)
    assert model.training
