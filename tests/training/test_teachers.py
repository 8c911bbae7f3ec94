import shutil
from pathlib import Path

import numpy as np
import pytest

from model_bundle import Item
from tests.training.tiny import CPU
from training import teachers
from training.datasets import Example
from training.errors import RecipeError
from training.fitting.assembly import build_readers, load_model
from training.fitting.batches import FeatureSet
from training.fitting.inference import predict_logits
from training.teachers import taught

LABELS = {"sentiment": ("negative", "positive")}


@pytest.fixture
def teacher(finished_run: Path, tmp_path: Path) -> Path:
    """A copy of a run's checkpoint, beside which answers may be kept."""
    return Path(shutil.copy(finished_run / "best.pt", tmp_path))


def shares(found: list[Example]) -> list[float]:
    return [example.soft_labels["sentiment"]["positive"] for example in found]


def test_soft_labels_are_the_teachers_calibrated_answers(teacher: Path, examples: list[Example]) -> None:
    description, model = load_model(teacher)
    found = taught(examples[:20], [teacher], LABELS, 1.0, CPU)
    logits = predict_logits(model, FeatureSet(examples[:20], build_readers(description), {}))["sentiment"]
    margin = (logits[:, 1] - logits[:, 0]) / description.temperatures["sentiment"]
    assert shares(found) == pytest.approx((1 / (1 + np.exp(-margin))).tolist(), abs=2e-3)
    assert [example.labels for example in found] == [example.labels for example in examples[:20]]


def test_a_label_keeps_the_rest_of_the_weight(teacher: Path, examples: list[Example]) -> None:
    one, half = (taught(examples[:3], [teacher], LABELS, weight, CPU) for weight in (1.0, 0.5))
    truth = [float(example.labels["sentiment"] == "positive") for example in examples[:3]]
    assert shares(half) == pytest.approx([(a + b) / 2 for a, b in zip(shares(one), truth, strict=True)])


def test_what_is_unlabelled_has_the_teachers_answer_alone(teacher: Path) -> None:
    example = Example("1", Item("A wonderful film."), {}, "1")
    alone, mixed = (taught([example], [teacher], LABELS, weight, CPU) for weight in (1.0, 0.1))
    assert shares(alone) == shares(mixed)


def test_several_teachers_are_averaged(teacher: Path, examples: list[Example]) -> None:
    assert shares(taught(examples[:5], [teacher, teacher], LABELS, 1.0, CPU)) == pytest.approx(
        shares(taught(examples[:5], [teacher], LABELS, 1.0, CPU))
    )


def test_answers_are_kept_by_chunk(teacher: Path, examples: list[Example], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teachers, "CHUNK", 8)
    first = taught(examples[:20], [teacher], LABELS, 1.0, CPU)
    kept = sorted(teacher.parent.rglob("*.npz"))
    assert len(kept) == 3
    kept[0].unlink()
    monkeypatch.setattr(teachers, "BATCH_SIZE", {"cpu": 4})
    assert shares(taught(examples[:20], [teacher], LABELS, 1.0, CPU)) == pytest.approx(shares(first), abs=2e-3)
    assert len(list(teacher.parent.rglob("*.npz"))) == 3


def test_a_teacher_with_other_labels_is_refused(teacher: Path, examples: list[Example]) -> None:
    with pytest.raises(RecipeError, match="doesn't answer 'sentiment' with negative, neutral, positive"):
        taught(examples[:2], [teacher], {"sentiment": ("negative", "neutral", "positive")}, 1.0, CPU)
