"""A lean deployment does without the metrics, alarms and graphs that only explain others."""

from cdk.costs import custom_metrics
from lambda_fn.observability.metrics import LEAN, NAMESPACE
from tests.cdk.dashboards import watched
from tests.cdk.synthesis import Synthesis


def test_only_what_is_measured_is_watched(full_synthesis: Synthesis) -> None:
    names = {found.name for found in watched(full_synthesis) if found.namespace == NAMESPACE}
    assert names == LEAN
    for function in full_synthesis.of_type("AWS::Lambda::Function").values():
        assert function["Environment"]["Variables"]["VALENCE_LEAN_METRICS"] == "true"


def test_alarms_that_explain_others_go_and_those_for_callers_stay(full_synthesis: Synthesis) -> None:
    names = {name.removeprefix("Alarms")[:-8] for name in full_synthesis.of_type("AWS::CloudWatch::Alarm")}
    assert names >= {"ServerErrors", "Latency", "Throttles", "DeadLetters", "DriftCheck", "ReviewsSentimentDrift"}
    assert not {name for name in names if name.endswith("Confidence") or name == "ColdStart"}


def test_it_has_less_than_half_of_the_metrics(synthesis: Synthesis, full_synthesis: Synthesis) -> None:
    assert len(custom_metrics(full_synthesis.template)) < len(custom_metrics(synthesis.template)) / 2
