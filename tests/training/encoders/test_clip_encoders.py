"""What the encoders of sounds and clips have in common."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from model_bundle.graphs.graph import Graph
from model_bundle.readers.reader import Arrays
from model_bundle.spec import GraphSpec
from model_export.graphs import export_encoder
from model_export.parity import check_encoder
from model_export.quantisation import quantisations
from training.encoders import FaceRecipe, MelCnnRecipe, R3d18Recipe, VoiceRecipe
from training.encoders.encoder import Encoder
from training.encoders.face_changes import FaceChanges
from training.encoders.sound_changes import SoundChanges
from training.fitting.random_state import seed_everything

DIMENSION = 8
RECIPES: Mapping[str, Any] = {
    "mel_cnn": MelCnnRecipe(max_steps=100),
    "voice": VoiceRecipe(width=8, changes=SoundChanges()),
    "face": FaceRecipe(widths=(8, 16), depths=(1, 1), side=24, changes=FaceChanges()),
    "r3d18": R3d18Recipe(checkpoint=None, frames=4, size=32, shorter_side=36),
}
COUNTS = (1, 2, 5, 8, 3)


def items(name: str) -> list[Arrays]:
    generator = np.random.default_rng(0)
    if name in ("mel_cnn", "voice"):
        sizes = [count * 5000 + 123 for count in COUNTS]
        waves = [(0.1 * generator.standard_normal(size)).astype(np.float32) for size in sizes]
        return [{"waveform": wave, "sample_counts": np.array(wave.size)} for wave in waves]
    sides = {"face": 24, "r3d18": 32}
    counts = COUNTS if name == "face" else [4] * len(COUNTS)
    clips = [generator.integers(0, 256, (count, sides[name], sides[name], 3), np.uint8) for count in counts]
    return [{"frames": frames, "frame_counts": np.array(len(frames))} for frames in clips]


@pytest.fixture(params=RECIPES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def encoder(name: str) -> Encoder:
    seed_everything(0)
    built: Encoder = RECIPES[name].build({}, DIMENSION)
    return built.eval()


def stacked(name: str, rows: list[Arrays]) -> dict[str, Tensor]:
    return {key: torch.from_numpy(value) for key, value in RECIPES[name].reader({}).stack(rows).items()}


@torch.inference_mode()
def test_an_item_alone_and_in_company_is_encoded_the_same(name: str, encoder: Encoder) -> None:
    together = encoder(**stacked(name, items(name)))
    alone = torch.cat([encoder(**stacked(name, [item])) for item in items(name)])
    assert together.shape == (len(COUNTS), DIMENSION)
    assert torch.allclose(together, alone, rtol=0, atol=1e-5)
    assert torch.pdist(alone).min() > 1e-5


def test_everything_learns(name: str, encoder: Encoder) -> None:
    encoder.train()
    encoder(**stacked(name, items(name))).square().sum().backward()
    silent = [of for of, parameter in encoder.named_parameters() if parameter.grad is None or not parameter.grad.any()]
    # The scores of an attention may all be moved by the same amount.
    assert silent in ([], ["attention.2.bias"])


@pytest.mark.slow  # traced
def test_the_graph_is_within_a_thousandth_of_torch(name: str, encoder: Encoder, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.onnx"
    spec = export_encoder(encoder, DIMENSION, path)
    reader, rows = RECIPES[name].reader({}), items(name)
    assert check_encoder(Graph(path, spec, 1), encoder, reader, rows) <= 1e-3
    for way in quantisations(encoder):
        way.apply(path, rows)
        difference = (
            Graph(path, spec, 1).run(reader.stack(rows[:1]))[0] - encoder(**stacked(name, rows[:1])).detach().numpy()
        )
        assert np.abs(difference).max() < 0.2


def test_the_bundle_describes_what_is_read(name: str, tmp_path: Path) -> None:
    spec = RECIPES[name].describe({}, GraphSpec(file="x.onnx", inputs=(), outputs=()), tmp_path)
    assert spec.kind in ("audio", "video")
    assert {path.name for path in tmp_path.iterdir()} == ({"faces.onnx"} if name == "face" else set())
