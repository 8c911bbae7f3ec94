from pathlib import Path

import pytest
import torch

from tests.training.tiny import describe_tiny, tiny_recipe
from training.datasets import Example
from training.encoders import LstmRecipe
from training.encoders.trained import trained_preprocessing
from training.errors import CheckpointError, RecipeError
from training.fitting.assembly import build_model
from training.fitting.checkpoint import load_checkpoint
from training.fitting.material import Material
from training.recipe import Recipe


@pytest.fixture
def best(finished_run: Path) -> str:
    return str(finished_run / "best.pt")


def started(best: str, examples: list[Example], *changes: str) -> tuple[Recipe, dict[str, torch.Tensor]]:
    recipe = tiny_recipe(f"encoders.text.start_from={best}", *changes)
    description = describe_tiny(examples[:8], recipe)
    model = build_model(description)
    recipe.encoders["text"].initialise(model.by_modality["text"], description.learned["text"], Material(examples[:8]))
    return recipe, model.state_dict()


def test_the_new_encoder_is_the_old_one(best: str, examples: list[Example]) -> None:
    _, state = started(best, examples)
    expected = load_checkpoint(Path(best))[1]["model"]
    names = [name for name in state if name.startswith("encoders.text.")]
    assert names
    assert all(torch.equal(state[name], expected[name]) for name in names)
    assert not torch.equal(state["fusion.heads.sentiment.weight"], expected["fusion.heads.sentiment.weight"])


def test_a_projection_of_another_width_starts_anew(best: str, examples: list[Example]) -> None:
    _, state = started(best, examples, "embedding_dimension=24")
    expected = load_checkpoint(Path(best))[1]["model"]
    assert state["encoders.text.projection.weight"].shape[0] == 24
    assert torch.equal(state["encoders.text.words.weight"], expected["encoders.text.words.weight"])


def test_the_vocabulary_is_the_old_one(best: str, examples: list[Example]) -> None:
    recipe = LstmRecipe(tokenizer=tiny_recipe().encoders["text"].tokenizer, start_from=best)  # type: ignore[attr-defined]
    assert recipe.learn(Material(examples[:2])) == load_checkpoint(Path(best))[0].learned["text"]


def test_an_encoder_of_another_size_is_refused(best: str, examples: list[Example]) -> None:
    with pytest.raises(RecipeError, match="has another size of"):
        started(best, examples, "encoders.text.hidden=4")


def test_a_modality_that_the_run_lacks_is_refused(best: str) -> None:
    with pytest.raises(RecipeError, match="has no image encoder to start from"):
        trained_preprocessing(best, "image")


def test_a_run_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"There is no checkpoint .*nowhere\.pt"):
        trained_preprocessing(str(tmp_path / "nowhere.pt"), "text")
