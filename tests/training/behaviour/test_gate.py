from typing import Any

import pytest

from training.behaviour.gate import Margins, worsened
from training.errors import BehaviourError


def figures(*rates: float, suite: str = "s", split: str = "seed 0") -> dict[str, Any]:
    capabilities = {f"c{number}": {"failure_rate": rate} for number, rate in enumerate(rates, start=1)}
    return {"suite": suite, "split": split, "failure_rate": sum(rates) / len(rates), "capabilities": capabilities}


@pytest.mark.parametrize(
    ("now", "named"),
    [
        ((0.5, 0.5), []),
        ((0.1, 0.1), []),
        ((0.52, 0.52), []),  # as much as the margin allows
        ((0.53, 0.53), ["all capabilities"]),
        ((0.61, 0.40), ["c1"]),
        ((0.40, 0.61), ["c2"]),
        ((0.9, 0.9), ["all capabilities", "c1", "c2"]),
    ],
)
def test_what_got_worse_is_named(now: tuple[float, float], named: list[str]) -> None:
    lines = worsened(figures(*now), figures(0.5, 0.5), Margins())
    assert [line.partition(":")[0] for line in lines] == named


def test_margins_are_the_callers() -> None:
    assert not worsened(figures(0.9), figures(0.5), Margins(overall=0.4, capability=0.4))
    assert worsened(figures(0.51), figures(0.5), Margins(overall=0.0, capability=0.4)) == [
        "all capabilities: 51.0% fail, 50.0% before; at most 0.0% more are allowed"
    ]


@pytest.mark.parametrize("other", [{"suite": "t"}, {"split": "seed 1"}])
def test_other_cases_are_not_compared(other: dict[str, str]) -> None:
    with pytest.raises(BehaviourError, match="different cases"):
        worsened(figures(0.5), figures(0.5, **other), Margins())
