import json
import signal
from pathlib import Path

import pytest
import torch

from tests.training.tiny import tiny_arguments
from training.__main__ import main
from training.datasets import Example
from training.datasets.example import fingerprint, read_examples
from training.fitting.assembly import load_model
from training.fitting.loop import BEST, Trainer

WITHOUT_TEACHER = ("stages=[]", "data.teachers=[]")


def train(data_root: Path, folder: Path, *arguments: str) -> int:
    command = ["train", "reviews", "--data-root", str(data_root), "--output", str(folder), "--device", "cpu"]
    return main([*command, *tiny_arguments(), *arguments])


def test_a_run_leaves_checkpoints_history_and_report(finished_run: Path) -> None:
    assert {path.name for path in finished_run.iterdir()} == {
        "best.pt",
        "history.json",
        "last.pt",
        "learning_curves.png",
        "tensorboard",
        "validation",
        "validation.jsonl",
    }
    assert len(json.loads((finished_run / "history.json").read_text(encoding="utf-8"))) == 5
    report = json.loads((finished_run / "validation/report.json").read_text(encoding="utf-8"))
    assert (report["bundle"], report["dataset"], report["split"]) == ("reviews", "imdb", "validation")
    assert report["heads"]["sentiment"]["accuracy"] > 0.8


def test_the_validation_part_has_films_of_its_own(finished_run: Path, examples: list[Example]) -> None:
    held_out = read_examples(finished_run / "validation.jsonl")
    films = {example.group for example in held_out}
    assert held_out == [example for example in examples if example.group in films]
    assert 0.1 < len(held_out) / len(examples) < 0.4


def test_the_best_checkpoint_is_calibrated_and_says_where_it_comes_from(
    finished_run: Path, examples: list[Example]
) -> None:
    description, model = load_model(finished_run / BEST)
    assert description.temperatures["sentiment"] != 1
    assert description.fingerprint == fingerprint(examples)
    assert description.labels == {"sentiment": ("negative", "positive")}
    assert description.commit
    assert not model.training


def test_a_command_that_was_interrupted_goes_on(
    data_root: Path,
    tmp_path: Path,
    finished_run: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    train_step = Trainer._train_step

    def interrupted(self: Trainer, batch: object) -> None:
        train_step(self, batch)  # type: ignore[arg-type]
        if self.progress.epoch == 2:
            signal.raise_signal(signal.SIGTERM)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "_train_step", interrupted)
        assert train(data_root, tmp_path) == 130
    assert f"`--resume` goes on from {tmp_path / 'last.pt'}" in capsys.readouterr().err
    assert train(data_root, tmp_path, "--resume") == 0
    (_, expected), (_, resumed) = load_model(finished_run / BEST), load_model(tmp_path / BEST)
    assert all(torch.equal(weight, resumed.state_dict()[name]) for name, weight in expected.state_dict().items())


def test_resuming_with_nothing_to_resume_is_refused(
    data_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(data_root, tmp_path, "--set", "optimisation.epochs=1", "--resume") == 2
    assert "no checkpoint to resume from" in capsys.readouterr().err


def test_resuming_another_recipe_is_refused(
    data_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(data_root, tmp_path, "--set", "optimisation.epochs=1") == 0
    assert train(data_root, tmp_path, "--set", "optimisation.epochs=2", "--resume") == 2
    assert "belongs to another recipe or other data" in capsys.readouterr().err


def test_the_shipped_recipe_trains_on_little_data_as_it_is(data_root: Path, tmp_path: Path) -> None:
    # Nothing of it is shrunk but the width, and it has no teacher: no genre is frequent enough here.
    command = ["train", "reviews", "--data-root", str(data_root), "--output", str(tmp_path)]
    shrink = ["encoders.text.hidden=8", "encoders.text.word_vectors_from=null", "optimisation.epochs=1"]
    alone = [*WITHOUT_TEACHER, "data.beside=[imdb_passages, imdb_passages:unlabelled, imdb_statements]"]
    assert main([*command, *(argument for change in (*shrink, *alone) for argument in ("--set", change))]) == 0
    description, _ = load_model(tmp_path / BEST)
    assert description.learned["metadata"] == {"genres": ()}


def test_a_model_may_read_one_modality_alone(data_root: Path, tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root/aclImdb").symlink_to(data_root / "aclImdb")
    text = json.dumps({"text": {"kind": "lstm", "hidden": 4, "tokenizer": {}}})
    changed = [f"encoders={text}", "modality_dropout={}", "optimisation.epochs=1", "data.beside=[]", *WITHOUT_TEACHER]
    changes = [argument for change in changed for argument in ("--set", change)]
    command = ["train", "reviews", "--data-root", str(tmp_path / "root"), "--output", str(tmp_path / "run")]
    assert main([*command, *changes]) == 0
    report = json.loads((tmp_path / "run/validation/report.json").read_text(encoding="utf-8"))
    assert report["modalities"] == ["text"]
