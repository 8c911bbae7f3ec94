"""Whether a bundle behaves well enough to take the place of another."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from training.errors import BehaviourError

ROUNDING = 1e-9


@dataclass(frozen=True)
class Margins:
    """By how much failure rates may rise, as shares of the cases."""

    overall: float = 0.02
    """Of the mean of the capabilities' failure rates."""
    capability: float = 0.1
    """Of each one of them: retraining moves a few cases of any, to and fro."""


def worsened(figures: Mapping[str, Any], before: Mapping[str, Any], margins: Margins) -> list[str]:
    """Return a line for each failure rate that rose by more than its margin; none: the bundle may be released.

    Both come from `measure_behaviour`; BehaviourError where they are of different cases.
    """
    if (figures["suite"], figures["split"]) != (before["suite"], before["split"]):
        raise BehaviourError("These figures come from different cases. Measure both bundles with one suite and seed.")
    pairs = {"all capabilities": (before["failure_rate"], figures["failure_rate"], margins.overall)} | {
        name: (before["capabilities"][name]["failure_rate"], capability["failure_rate"], margins.capability)
        for name, capability in figures["capabilities"].items()
    }
    return [
        f"{name}: {now:.1%} fail, {earlier:.1%} before; at most {margin:.1%} more are allowed"
        for name, (earlier, now, margin) in pairs.items()
        if now - earlier > margin + ROUNDING
    ]
