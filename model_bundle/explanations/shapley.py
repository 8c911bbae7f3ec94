"""Shapley values: what each player of a game contributes to its outcome."""

from math import factorial

import numpy as np
from numpy.typing import NDArray


def coalitions(players: int) -> NDArray[np.bool_]:
    """Return who is in each of the coalitions, bool [2^players, players]: player p is in row r where r has bit p."""
    rows = np.arange(2**players)
    members: NDArray[np.bool_] = (rows[:, None] >> np.arange(players)) % 2 == 1
    return members


def shapley_values(outcomes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each player's contribution, float64 [players, ...], from the outcome of every coalition.

    `outcomes` is float64 [2^players, ...] in the order of `coalitions`. The contribution is the mean gain that a player
    brings over all orders in which players may join (Shapley 1953, "A value for n-person games"), computed exactly. To
    explain predictions by them: Lundberg & Lee 2017, arXiv:1705.07874. All contributions sum to the outcome of
    everybody minus that of nobody.
    """
    players = outcomes.shape[0].bit_length() - 1
    members = coalitions(players)
    sizes = members.sum(axis=1)
    contributions = np.zeros((players, *outcomes.shape[1:]))
    for player in range(players):
        without = np.flatnonzero(~members[:, player])
        gains = outcomes[without + 2**player] - outcomes[without]
        contributions[player] = np.tensordot(_weights(players)[sizes[without]], gains, axes=1)
    return contributions


def _weights(players: int) -> NDArray[np.float64]:
    """Return the share of orders in which a player joins a certain coalition, float64 [players], by its size."""
    orders = [factorial(size) * factorial(players - size - 1) for size in range(players)]
    return np.array(orders) / factorial(players)
