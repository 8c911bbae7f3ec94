import pytest

from training.fitting.history import Progress


def run(*scores: float) -> Progress:
    progress = Progress()
    for score in scores:
        progress.record({"macro_f1": score}, score)
    return progress


def test_only_a_better_epoch_is_the_best() -> None:
    progress = Progress()
    assert [progress.record({}, score) for score in (0.5, 0.5, 0.6, 0.4)] == [True, False, True, False]
    assert (progress.best_epoch, progress.best_score) == (3, 0.6)


def test_an_epoch_ends_its_steps() -> None:
    progress = Progress(step=7, loss_sum=3.5)
    progress.record({}, 0)
    assert (progress.epoch, progress.step, progress.loss_sum) == (1, 0, 0)


@pytest.mark.parametrize(
    ("scores", "over"),
    [((), False), ((0.5,), False), ((0.5, 0.4), False), ((0.5, 0.4, 0.3), True), ((0.1, 0.2, 0.3, 0.4), True)],
)
def test_when_training_is_over(scores: tuple[float, ...], over: bool) -> None:
    assert run(*scores).is_over(epochs=4, patience=2) is over


@pytest.mark.parametrize(
    ("scores", "head_epochs", "over"),
    [
        ((0.5, 0.4, 0.3), 3, False),
        ((0.5, 0.4, 0.3, 0.2), 3, True),
        ((0.5, 0.4), 6, True),  # only the heads learn at all
    ],
)
def test_patience_starts_after_the_head_epochs(scores: tuple[float, ...], head_epochs: int, over: bool) -> None:
    assert run(*scores).is_over(epochs=6, patience=1, head_epochs=head_epochs) is over


def test_progress_comes_back_from_plain_values() -> None:
    progress = run(0.1, 0.3)
    assert Progress(**progress.state_dict()) == progress
