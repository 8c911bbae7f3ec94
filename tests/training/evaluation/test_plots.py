from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from training.evaluation.metrics import head_metrics
from training.evaluation.plots import plot_by_group, plot_evaluation, plot_learning_curves


def is_png(path: Path) -> bool:
    return path.read_bytes().startswith(b"\x89PNG") and path.stat().st_size > 5000 and not plt.get_fignums()


@pytest.mark.parametrize("labels", [("negative", "positive"), ("anger", "joy", "fear", "disgust")])
def test_an_evaluation_is_drawn(tmp_path: Path, labels: tuple[str, ...]) -> None:
    generator = np.random.default_rng(0)
    probabilities = generator.dirichlet(np.ones(len(labels)), 50)
    figures = head_metrics(probabilities, generator.integers(0, len(labels), 50), labels)
    plot_evaluation(figures, "sentiment", tmp_path / "a.png")
    assert is_png(tmp_path / "a.png")


def test_an_evaluation_of_one_class_is_drawn(tmp_path: Path) -> None:
    figures = head_metrics(np.array([[0.2, 0.8]]), np.array([1]), ("negative", "positive"))
    plot_evaluation(figures, "sentiment", tmp_path / "a.png")
    assert is_png(tmp_path / "a.png")


@pytest.mark.parametrize("epochs", [1, 3])
def test_learning_curves_are_drawn(tmp_path: Path, epochs: int) -> None:
    row = {"train_loss": 0.5, "loss": 0.4, "accuracy": 0.8, "macro_f1": 0.8}
    plot_learning_curves([row | {"epoch": epoch + 1.0} for epoch in range(epochs)], tmp_path / "a.png")
    assert is_png(tmp_path / "a.png")


def test_there_is_a_colour_for_every_combination_of_three_modalities(tmp_path: Path) -> None:
    series = {str(number): [0.1 * number, 0.5] for number in range(7)}
    plot_by_group(["short", "long"], series, "sentiment", "accuracy", tmp_path / "a.png")
    assert is_png(tmp_path / "a.png")
