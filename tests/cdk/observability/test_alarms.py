from typing import Any

from cdk.observability.served_models import served_models
from tests.cdk.synthesis import ROOT, Synthesis

OF_THE_SERVICE = {
    "ServerErrors": (">", 1),
    "Latency": (">", 2_000),
    "Throttles": (">", 0),
    "ColdStart": (">", 5_000),
    "DeadLetters": (">", 0),
    "DriftCheck": ("<", 1),
    "NewVersionCrashes": (">", 1),
    "NewVersionErrors": (">", 1),
    "NewVersionLatency": (">", 2_000),
}
MISSING_IS_BAD = {"DriftCheck", "Unreached"}
HEADS = {f"{model.name.title()}{head.name.title()}": head for model in served_models() for head in model.heads}
OF_MODELS = {f"{name}Drift": (">", 0.2) for name in HEADS} | {
    f"{name}Confidence": ("<", head.min_confidence(75)) for name, head in HEADS.items()
}
SIGNS = {"GreaterThanThreshold": ">", "LessThanThreshold": "<"}


def alarms(synthesis: Synthesis) -> dict[str, dict[str, Any]]:
    found = synthesis.of_type("AWS::CloudWatch::Alarm").items()
    return {name.removeprefix("Alarms")[:-8]: alarm for name, alarm in found}


def test_there_is_an_alarm_for_everything_that_somebody_should_look_at(synthesis: Synthesis) -> None:
    found = {
        name: (SIGNS[alarm["ComparisonOperator"]], alarm["Threshold"]) for name, alarm in alarms(synthesis).items()
    }
    assert found == OF_THE_SERVICE | OF_MODELS


def test_each_tells_the_topic_when_it_begins_and_when_it_is_over(synthesis: Synthesis) -> None:
    [topic] = synthesis.of_type("AWS::SNS::Topic")
    for name, alarm in alarms(synthesis).items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": topic}]
        assert alarm["TreatMissingData"] == ("breaching" if name in MISSING_IS_BAD else "notBreaching")


def test_each_says_where_its_first_steps_are_and_they_are_there(synthesis: Synthesis) -> None:
    guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for name, alarm in alarms(synthesis).items():
        assert f"docs/operations.md, {name}." in alarm["AlarmDescription"]
        kinds = [kind for kind in ("Drift", "Confidence") if name.endswith(kind)]
        for kind in kinds:
            assert f"`{name}`" in guide, f"The guide doesn't say that {name} is under {kind}."
        assert f"### {kinds[0] if kinds else name}\n" in guide


def test_the_topic_takes_messages_from_this_accounts_alarms_over_tls_alone(synthesis: Synthesis) -> None:
    statements = synthesis.the("AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    by_effect = {part["Effect"]: part for part in statements}
    assert by_effect["Deny"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert by_effect["Allow"]["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert by_effect["Allow"]["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_an_address_is_subscribed_if_there_is_one(synthesis: Synthesis, full_synthesis: Synthesis) -> None:
    assert "AWS::SNS::Subscription" not in synthesis.types()
    subscription = full_synthesis.the("AWS::SNS::Subscription")
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "someone@example.com")


def test_one_error_in_a_quiet_hour_wakes_nobody(synthesis: Synthesis) -> None:
    [rate, *_] = alarms(synthesis)["ServerErrors"]["Metrics"]
    assert rate["Expression"] == "IF(errors > 1, 100 * errors / requests, 0)"
    assert alarms(synthesis)["ServerErrors"]["DatapointsToAlarm"] == 2


def test_an_api_that_nobody_reaches_is_told_if_it_is_probed(synthesis: Synthesis, full_synthesis: Synthesis) -> None:
    assert "Unreached" not in alarms(synthesis)
    unreached = alarms(full_synthesis)["Unreached"]
    [requests] = [query["MetricStat"] for query in unreached["Metrics"]]
    assert (requests["Metric"]["MetricName"], requests["Period"]) == ("Count", 300)
    assert (unreached["Threshold"], unreached["EvaluationPeriods"]) == (1, 3)
    assert unreached["TreatMissingData"] == "breaching"
    probe = full_synthesis.the("AWS::Events::ApiDestination")
    assert probe["InvocationEndpoint"] == "https://api.example.com/openapi.json"


def test_alarms_of_an_update_look_at_the_new_version_minute_by_minute(synthesis: Synthesis) -> None:
    [version] = synthesis.of_type("AWS::Lambda::Version")
    for name in ("NewVersionCrashes", "NewVersionErrors", "NewVersionLatency"):
        alarm = alarms(synthesis)[name]
        assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (1, 1)
        for query in alarm["Metrics"]:
            if "MetricStat" in query:
                dimensions = {part["Name"]: part["Value"] for part in query["MetricStat"]["Metric"]["Dimensions"]}
                assert query["MetricStat"]["Period"] == 60
                number = dimensions.get("ExecutedVersion", dimensions.get("version"))
                assert number == {"Fn::GetAtt": [version, "Version"]}
