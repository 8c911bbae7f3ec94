"""The population stability index: how far one distribution over labels has moved from another."""

from collections.abc import Mapping
from math import log
from typing import Final

LEAST_SHARE: Final = 0.0001
"""Stands for a share of none, whose logarithm there isn't."""


def population_stability_index(baseline: Mapping[str, float], actual: Mapping[str, float]) -> float:
    """Return the sum over labels of (actual - baseline) * ln(actual / baseline), of shares that each sum to 1.

    By custom, below 0.1 is little, from 0.25 on is much (Siddiqi 2006, "Credit Risk Scorecards").
    """
    labels = baseline.keys() | actual.keys()
    return sum(_term(baseline.get(label, 0.0), actual.get(label, 0.0)) for label in labels)


def _term(baseline: float, actual: float) -> float:
    expected, found = max(baseline, LEAST_SHARE), max(actual, LEAST_SHARE)
    return (found - expected) * log(found / expected)
