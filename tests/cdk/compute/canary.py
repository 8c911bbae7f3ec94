"""A simulation of an update: CodeDeploy shifts traffic, CloudWatch's windows fill, and an alarm rolls back, or not."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

CANARY_SHARE = 0.1
INGESTION_SECONDS = 120
"""How late a figure may be in CloudWatch after the minute that it belongs to."""
EVALUATION_SECONDS = 60
"""How often an alarm is evaluated."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm on the new version, as the template has it."""

    period_seconds: int
    points: int
    min_requests: int = 1
    """Requests of a period below which it says nothing."""

    def fires_at(self, requests: list[float], phase: float) -> float | None:
        """Return when it fires if each of these requests to the new version fails, in seconds from the shift.

        `phase` is how far the first minute had run when traffic was shifted.
        """
        counts: dict[int, int] = {}
        for moment in requests:
            period = int((moment + phase) // self.period_seconds)
            counts[period] = counts.get(period, 0) + 1
        for last in sorted(counts):
            window = range(last - self.points + 1, last + 1)
            if all(counts.get(period, 0) >= self.min_requests for period in window):
                known = (last + 1) * self.period_seconds - phase + INGESTION_SECONDS
                return known + EVALUATION_SECONDS
        return None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an update with a broken version went."""

    rolled_back: bool
    broken_share: float
    """Share of the requests, from the shift to its end, that met the broken version."""


def update(alarms: list[Alarm], canary_minutes: int, requests_per_minute: float, seed: int) -> Outcome:
    """Send requests at random moments (Poisson) during an update whose new version fails every request."""
    chance = random.Random(seed)
    bake = canary_minutes * 60
    moments = list(_arrivals(chance, requests_per_minute / 60, bake))
    broken = [moment for moment in moments if chance.random() < CANARY_SHARE]
    phase = chance.random() * 60
    fired = [moment for alarm in alarms if (moment := alarm.fires_at(broken, phase)) is not None]
    end = min(fired, default=float("inf"))
    met = sum(moment <= end for moment in broken)
    # From the roll-back on all requests meet the old version, without one all meet the broken one.
    return Outcome(end <= bake, met / len(moments) if moments and end <= bake else float(bool(moments)))


def _arrivals(chance: random.Random, per_second: float, seconds: float) -> Iterator[float]:
    moment = chance.expovariate(per_second)
    while moment < seconds:
        yield moment
        moment += chance.expovariate(per_second)
