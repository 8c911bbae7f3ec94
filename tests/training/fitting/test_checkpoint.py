from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from tests.training.tiny import describe_tiny, tiny_recipe
from training.datasets import Example
from training.errors import CheckpointError
from training.fitting.assembly import build_model, load_model
from training.fitting.checkpoint import ModelDescription, load_checkpoint, save_checkpoint


@pytest.fixture(scope="module")
def description(examples: list[Example]) -> ModelDescription:
    return describe_tiny(examples, tiny_recipe()).with_temperatures({"sentiment": 1.25})


@pytest.fixture
def checkpoint(tmp_path: Path, description: ModelDescription) -> Path:
    save_checkpoint(tmp_path / "best.pt", description, {"weights": torch.arange(3.0)})
    return tmp_path / "best.pt"


def test_what_is_saved_is_loaded(checkpoint: Path, description: ModelDescription) -> None:
    loaded, state = load_checkpoint(checkpoint)
    assert loaded == description
    assert state.keys() == {"weights"}
    assert state["weights"].tolist() == [0, 1, 2]


def test_a_model_comes_back_with_its_weights(tmp_path: Path, description: ModelDescription) -> None:
    model = build_model(description)
    save_checkpoint(tmp_path / "best.pt", description, {"model": model.state_dict()})
    _, loaded = load_model(tmp_path / "best.pt")
    assert not loaded.training
    assert all(torch.equal(weight, loaded.state_dict()[name]) for name, weight in model.state_dict().items())


def test_the_old_one_stays_when_writing_fails(
    checkpoint: Path, description: ModelDescription, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = checkpoint.read_bytes()

    def full(content: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError("no space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OSError, match="no space left"):
        save_checkpoint(checkpoint, description, {})
    assert checkpoint.read_bytes() == before


def _in_another_format(path: Path) -> None:
    content = torch.load(path, weights_only=True)
    torch.save(content | {"format": 0}, path)


def _as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut": (lambda path: path.write_bytes(path.read_bytes()[:2000]), "is damaged or no checkpoint"),
    "empty": (lambda path: path.write_bytes(b""), "is damaged or no checkpoint"),
    "text": (lambda path: path.write_text("name: reviews\n"), "is damaged or no checkpoint"),
    "bare weights": (lambda path: torch.save({"weights": torch.zeros(1)}, path), "is damaged or no checkpoint"),
    "a tensor": (lambda path: torch.save(torch.zeros(1), path), "is damaged or no checkpoint"),
    "unknown recipe": (
        lambda path: torch.save({"format": 1, "description": {"recipe": {"name": "x"}}}, path),
        "is damaged or no checkpoint",
    ),
    "another format": (_in_another_format, "another version of this project; train it again"),
    "missing": (lambda path: path.unlink(), "There is no checkpoint .* `python -m training train` writes one"),
    "a folder": (_as_folder, "is damaged or no checkpoint"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_told_with_the_file(checkpoint: Path, damage: str) -> None:
    spoil, message = DAMAGES[damage]
    spoil(checkpoint)
    with pytest.raises(CheckpointError, match=message) as caught:
        load_checkpoint(checkpoint)
    assert str(checkpoint) in str(caught.value)


def test_code_in_a_checkpoint_is_never_run(checkpoint: Path) -> None:
    class Payload:
        def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
            return (Path.unlink, (checkpoint,))

    torch.save({"format": 1, "description": Payload()}, checkpoint)
    with pytest.raises(CheckpointError):
        load_checkpoint(checkpoint)
    assert checkpoint.exists()
