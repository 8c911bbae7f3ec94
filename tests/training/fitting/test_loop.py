import signal
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.training.tiny import CPU, describe_tiny, features_of, make_trainer, tiny_posts_recipe, tiny_recipe
from training.datasets import Example, load_dataset
from training.errors import CheckpointError
from training.fitting import loop
from training.fitting.assembly import build_model
from training.fitting.batches import Batch
from training.fitting.checkpoint import load_checkpoint
from training.fitting.interruption import Interruption, TrainingInterruptedError
from training.fitting.loop import BEST, LAST, Trainer
from training.fitting.loss import divergence
from training.fitting.model import MultimodalModel

EPOCHS = ("optimisation.epochs=3",)


def weights(model: MultimodalModel) -> list[float]:
    return torch.cat([weight.flatten() for weight in model.state_dict().values()]).tolist()


def interrupt_at(trainer: Trainer, epoch: int, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send Ctrl-C in the midst of a step."""
    train_step = trainer._train_step

    def interrupted(batch: Batch) -> None:
        train_step(batch)
        if (trainer.progress.epoch, trainer.progress.step) == (epoch, step):
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(trainer, "_train_step", interrupted)


def test_the_loss_falls_and_the_words_are_learned(tmp_path: Path, examples: list[Example]) -> None:
    trainer = make_trainer(tmp_path, examples)
    trainer.fit()
    losses = [epoch["train_loss"] for epoch in trainer.progress.history]
    assert losses[-1] < 0.7 * losses[0]
    assert max(epoch["accuracy"] for epoch in trainer.progress.history) > 0.9


def test_the_same_seed_gives_the_same_weights(tmp_path: Path, examples: list[Example]) -> None:
    one = "optimisation.epochs=1"
    first = weights(make_trainer(tmp_path / "a", examples, one).fit())
    assert weights(make_trainer(tmp_path / "b", examples, one).fit()) == first
    assert weights(make_trainer(tmp_path / "c", examples, one, "seed=1").fit()) != first


def test_every_epoch_is_recorded(tmp_path: Path, examples: list[Example]) -> None:
    trainer = make_trainer(tmp_path, examples)
    trainer.fit()
    assert [epoch["epoch"] for epoch in trainer.progress.history] == [1, 2, 3, 4, 5]
    columns = {"epoch", "train_loss", "loss", "accuracy", "macro_f1", "learning_rate"}
    assert all(epoch.keys() == columns for epoch in trainer.progress.history)
    assert {path.name for path in tmp_path.iterdir()} == {LAST, BEST, "tensorboard"}


class Scripted(Trainer):
    """A trainer whose validation says what it is told, and which keeps the weights of every epoch."""

    scores: tuple[float, ...]
    seen: list[list[float]]

    def _validate(self) -> dict[str, float]:
        self.seen.append(weights(self.model))
        score = self.scores[self.progress.epoch]
        return super()._validate() | {"macro_f1": score, "loss": 1 - score}


def scripted(
    folder: Path, examples: list[Example], monkeypatch: pytest.MonkeyPatch, scores: tuple[float, ...], *changes: str
) -> Scripted:
    trainer = make_trainer(folder, examples, "optimisation.epochs=5", *changes)
    trainer.__class__ = Scripted
    assert isinstance(trainer, Scripted)
    trainer.scores, trainer.seen = scores, []
    return trainer


@pytest.mark.parametrize("monitor", ["macro_f1", "loss"])
def test_the_best_epochs_weights_are_returned(
    tmp_path: Path, examples: list[Example], monkeypatch: pytest.MonkeyPatch, monitor: str
) -> None:
    scores = (0.5, 0.7, 0.9, 0.6, 0.8)
    trainer = scripted(tmp_path, examples, monkeypatch, scores, f"optimisation.monitor={monitor}")
    model = trainer.fit()
    assert weights(model) == trainer.seen[2]
    assert not model.training
    assert trainer.model is model


def test_training_stops_when_nothing_gets_better(
    tmp_path: Path, examples: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = scripted(tmp_path, examples, monkeypatch, (0.5, 0.7, 0.7, 0.6, 0.9), "optimisation.patience=2")
    model = trainer.fit()
    assert len(trainer.progress.history) == 4
    assert weights(model) == trainer.seen[1]


@pytest.mark.parametrize(("epoch", "step", "schedule"), [(0, 1, "cosine"), (1, 3, "plateau"), (1, 12, "cosine")])
def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(
    tmp_path: Path, examples: list[Example], monkeypatch: pytest.MonkeyPatch, epoch: int, step: int, schedule: str
) -> None:
    changes = (*EPOCHS, f"optimisation.schedule={schedule}")
    whole = make_trainer(tmp_path / "whole", examples, *changes)
    expected = weights(whole.fit())
    stopped = make_trainer(tmp_path / "stopped", examples, *changes)
    interrupt_at(stopped, epoch, step, monkeypatch)
    with pytest.raises(TrainingInterruptedError, match=r"Stopped; `--resume` goes on from .*last\.pt"):
        stopped.fit()
    resumed = make_trainer(tmp_path / "stopped", examples, *changes)
    resumed.resume()
    assert (resumed.progress.epoch, resumed.progress.step) == (epoch, step)
    assert weights(resumed.fit()) == expected
    assert resumed.progress.history == whole.progress.history


def test_a_run_that_was_killed_goes_on_from_its_last_checkpoint(
    tmp_path: Path, examples: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = weights(make_trainer(tmp_path / "whole", examples, *EPOCHS).fit())
    killed = make_trainer(tmp_path / "killed", examples, *EPOCHS)
    monkeypatch.setattr(loop, "STEPS_PER_CHECKPOINT", 4)
    train_step = killed._train_step

    def dying(batch: Batch) -> None:
        if (killed.progress.epoch, killed.progress.step) == (1, 5):
            raise MemoryError
        train_step(batch)

    monkeypatch.setattr(killed, "_train_step", dying)
    with pytest.raises(MemoryError):
        killed.fit()
    resumed = make_trainer(tmp_path / "killed", examples, *EPOCHS)
    resumed.resume()
    assert (resumed.progress.epoch, resumed.progress.step) == (1, 4)
    assert weights(resumed.fit()) == expected


def test_a_run_that_was_killed_while_closing_an_epoch_goes_on_too(
    tmp_path: Path, examples: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = weights(make_trainer(tmp_path / "whole", examples, *EPOCHS).fit())
    killed = make_trainer(tmp_path / "killed", examples, *EPOCHS)
    save = killed._save

    def dying(name: str) -> None:
        if name == LAST and killed.progress.epoch == 2:
            raise MemoryError
        save(name)

    monkeypatch.setattr(killed, "_save", dying)
    with pytest.raises(MemoryError):
        killed.fit()
    resumed = make_trainer(tmp_path / "killed", examples, *EPOCHS)
    resumed.resume()
    assert resumed.progress.epoch == 1
    assert weights(resumed.fit()) == expected


def test_a_finished_run_has_nothing_left_to_do(tmp_path: Path, examples: list[Example]) -> None:
    expected = weights(make_trainer(tmp_path, examples, "optimisation.epochs=1").fit())
    resumed = make_trainer(tmp_path, examples, "optimisation.epochs=1")
    resumed.resume()
    assert weights(resumed.fit()) == expected


def test_another_recipe_or_other_data_does_not_go_on(tmp_path: Path, examples: list[Example]) -> None:
    make_trainer(tmp_path, examples, "optimisation.epochs=1").fit()
    others = [make_trainer(tmp_path, examples, "optimisation.epochs=1", "seed=9"), make_trainer(tmp_path, examples)]
    for other in [*others, make_trainer(tmp_path, examples[:-1], "optimisation.epochs=1")]:
        with pytest.raises(CheckpointError, match="belongs to another recipe or other data"):
            other.resume()


def test_a_checkpoint_holds_what_it_was_trained_with(tmp_path: Path, examples: list[Example]) -> None:
    make_trainer(tmp_path, examples, "optimisation.epochs=1").fit()
    description, state = load_checkpoint(tmp_path / BEST)
    assert description == describe_tiny(examples, tiny_recipe("optimisation.epochs=1"))
    assert state.keys() == {"model"}


def test_balanced_weights_come_from_the_training_part(tmp_path: Path, examples: list[Example]) -> None:
    trainer = make_trainer(tmp_path, examples, "optimisation.class_weights=balanced")
    counts = [int((trainer.train.targets["sentiment"] == label).sum()) for label in (0, 1)]
    expected = [sum(counts) / (2 * count) for count in counts]
    assert trainer._class_weights["sentiment"].tolist() == pytest.approx(expected)
    assert make_trainer(tmp_path, examples)._class_weights == {}


AVERAGED = ("optimisation.epochs=2", "optimisation.weight_average=0.9", "optimisation.unimodal_weight=0.5")


def test_the_running_mean_of_the_weights_is_kept(tmp_path: Path, examples: list[Example]) -> None:
    trainer = make_trainer(tmp_path, examples, *AVERAGED)
    trainer.fit()
    (_, best), (_, last) = load_checkpoint(tmp_path / BEST), load_checkpoint(tmp_path / LAST)
    name = "fusion.heads.sentiment.weight"
    assert not torch.equal(best["model"][name], last["model"][name])
    if trainer.progress.best_epoch == trainer.progress.epoch:
        assert torch.equal(best["model"][name], last["average"][f"module.{name}"])


def test_a_running_mean_goes_on_after_an_interruption(
    tmp_path: Path, examples: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = weights(make_trainer(tmp_path / "a", examples, *AVERAGED).fit())
    trainer = make_trainer(tmp_path / "b", examples, *AVERAGED)
    interrupt_at(trainer, 1, 2, monkeypatch)
    with pytest.raises(TrainingInterruptedError):
        trainer.fit()
    resumed = make_trainer(tmp_path / "b", examples, *AVERAGED)
    resumed.resume()
    assert weights(resumed.fit()) == expected


def test_published_weights_rest_in_the_head_epochs(tmp_path: Path) -> None:
    recipe = tiny_posts_recipe("posts", "optimisation.head_epochs=1", "optimisation.epochs=2")
    examples = load_dataset("synthetic", tmp_path, "train")[:60]
    description = describe_tiny(examples, recipe)
    parts = features_of(examples[:40], description), features_of(examples[40:], description)
    trainer = Trainer(build_model(description), description, *parts, tmp_path, CPU)
    states = []

    class Noted(Interruption):
        requested = False

    for _ in range(2):
        before = {name: value.clone() for name, value in trainer.model.named_parameters()}
        trainer._train_epoch(Noted())
        trainer.progress.record({}, 0.0)
        changed = {name for name, value in trainer.model.named_parameters() if not torch.equal(value, before[name])}
        states.append({".network." in name for name in changed})
    assert states == [{False}, {True, False}]


def test_no_head_epoch_is_the_best_while_others_follow(tmp_path: Path, examples: list[Example]) -> None:
    rising = make_trainer(tmp_path / "a", examples, "optimisation.epochs=4", "optimisation.head_epochs=2")
    losses = iter([0.1, 0.2, 0.9, 0.8])
    rising._validate = lambda: {"loss": next(losses), "macro_f1": 0.0, "accuracy": 0.0}  # type: ignore[method-assign]
    rising._recipe = replace(rising._recipe, monitor="loss", patience=4)
    rising.fit()
    assert rising.progress.best_epoch == 4
    falling = make_trainer(tmp_path / "c", examples, "optimisation.epochs=4", "optimisation.head_epochs=3")
    scores = iter([0.1, 0.2, 0.9, 0.8])
    falling._validate = lambda: {"loss": next(scores), "macro_f1": 0.0, "accuracy": 0.0}  # type: ignore[method-assign]
    falling._recipe = replace(falling._recipe, monitor="loss", patience=1)
    falling.fit()
    assert falling.progress.best_epoch == 4
    alone = make_trainer(tmp_path / "b", examples, "optimisation.epochs=1", "optimisation.head_epochs=1")
    alone.fit()
    assert alone.progress.best_epoch == 1


def test_two_answers_to_a_batch_come_closer_where_the_recipe_asks_for_it(
    tmp_path: Path, examples: list[Example]
) -> None:
    def distance(weight: float) -> float:
        trainer = make_trainer(tmp_path / str(weight), examples, *EPOCHS, f"optimisation.consistency={weight}")
        trainer.fit()
        batch = trainer.train.batch(range(len(trainer.train)))
        torch.manual_seed(0)
        model = trainer.model.train()
        with torch.no_grad():
            answers = [model.views(batch, unimodal=False) for _ in range(2)]
        return divergence(*answers).item()

    assert distance(20.0) < 0.5 * distance(0.0)
