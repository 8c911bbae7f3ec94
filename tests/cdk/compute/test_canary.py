"""A version that fails every request is rolled back while only a tenth of the traffic meets it."""

from statistics import mean
from typing import Any

import pytest

from cdk.compute.model_function import STRATEGIES
from tests.cdk.compute.canary import CANARY_SHARE, EVALUATION_SECONDS, INGESTION_SECONDS, Alarm, update
from tests.cdk.synthesis import Synthesis

MINUTES = [int(name.split("-")[2]) for name in STRATEGIES if name != "none"]
UPDATES = 200


def new_version_alarms(synthesis: Synthesis) -> list[Alarm]:
    """The alarms that roll an update back, as the template has them."""
    group = synthesis.the("AWS::CodeDeploy::DeploymentGroup")
    names = [alarm["Name"]["Ref"] for alarm in group["AlarmConfiguration"]["Alarms"]]
    alarms = synthesis.of_type("AWS::CloudWatch::Alarm")
    return [_read(alarms[name]) for name in names]


def _read(alarm: dict[str, Any]) -> Alarm:
    periods = {query["MetricStat"]["Period"] for query in alarm["Metrics"] if "MetricStat" in query}
    [expression] = [query["Expression"] for query in alarm["Metrics"] if "Expression" in query]
    minimum = int(expression.split(">= ")[1].split(",")[0]) if ">= " in expression else 1
    [period] = periods
    return Alarm(period, alarm["DatapointsToAlarm"], minimum)


@pytest.mark.parametrize("minutes", MINUTES)
@pytest.mark.parametrize("requests_per_minute", [10, 60, 600])
def test_a_broken_version_is_rolled_back_before_all_traffic_comes(
    synthesis: Synthesis, minutes: int, requests_per_minute: int
) -> None:
    alarms = new_version_alarms(synthesis)
    outcomes = [update(alarms, minutes, requests_per_minute, seed) for seed in range(UPDATES)]
    rolled_back = mean(outcome.rolled_back for outcome in outcomes)
    assert rolled_back >= 0.99
    assert mean(outcome.broken_share for outcome in outcomes if outcome.rolled_back) <= CANARY_SHARE


@pytest.mark.parametrize("minutes", MINUTES)
def test_the_bake_time_is_longer_than_the_slowest_alarm(synthesis: Synthesis, minutes: int) -> None:
    for alarm in new_version_alarms(synthesis):
        slowest = alarm.period_seconds * alarm.points + INGESTION_SECONDS + EVALUATION_SECONDS
        assert slowest < minutes * 60


def test_the_alarms_for_callers_would_be_too_slow() -> None:
    """What a service-wide alarm of two in three five-minute periods would do: the reason for the alarms above."""
    late = [update([Alarm(300, 2)], 5, 60, seed) for seed in range(UPDATES)]
    assert mean(outcome.rolled_back for outcome in late) == 0
