from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_bundle.explanations.shapley import coalitions, shapley_values


def by_definition(outcomes: np.ndarray, players: int) -> np.ndarray:
    gains = np.zeros((players, *outcomes.shape[1:]))
    orders = list(permutations(range(players)))
    for order in orders:
        row = 0
        for player in order:
            gains[player] += outcomes[row + 2**player] - outcomes[row]
            row += 2**player
    return gains / len(orders)


@given(players=st.integers(1, 5), seed=st.integers(0, 1000))
def test_values_are_the_mean_gain_over_all_orders(players: int, seed: int) -> None:
    outcomes = np.random.default_rng(seed).normal(size=(2**players, 3))
    values = shapley_values(outcomes)
    assert np.allclose(values, by_definition(outcomes, players))
    assert np.allclose(values.sum(axis=0), outcomes[-1] - outcomes[0])


def test_a_known_game() -> None:
    # Two sellers of a left glove and one of a right one: a pair is worth 1.
    glove = [1.0 if row & 4 and row & 3 else 0.0 for row in range(8)]
    assert shapley_values(np.array(glove)).tolist() == pytest.approx([1 / 6, 1 / 6, 2 / 3])


def test_the_coalitions_are_all_subsets() -> None:
    assert coalitions(2).tolist() == [[False, False], [True, False], [False, True], [True, True]]


def test_nobody_contributes_nothing() -> None:
    assert shapley_values(np.array([[0.3, 0.7]])).shape == (0, 2)
