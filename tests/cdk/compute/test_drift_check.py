from importlib.util import find_spec

import pytest

from cdk.compute import drift_check, model_function
from tests.cdk.synthesis import Synthesis


def test_the_check_runs_once_a_day_after_midnight(synthesis: Synthesis) -> None:
    rule = synthesis.the("AWS::Events::Rule")
    assert (rule["ScheduleExpression"], rule["State"]) == ("cron(15 0 * * ? *)", "ENABLED")
    [target] = rule["Targets"]
    assert target["Arn"]["Fn::GetAtt"][0].startswith("DriftServiceFunction")
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 2}


def test_it_is_the_same_image_with_another_handler(synthesis: Synthesis) -> None:
    check = synthesis.the("AWS::Lambda::Function", "DriftServiceFunction")
    assert check["ImageConfig"] == {"Command": ["lambda_fn.observability.drift.handler"]}
    assert check["Code"] == synthesis.the("AWS::Lambda::Function", "ModelServiceFunction")["Code"]


def test_what_fails_for_good_is_kept_in_an_encrypted_queue(synthesis: Synthesis) -> None:
    queue = synthesis.the("AWS::SQS::Queue")
    assert queue["SqsManagedSseEnabled"] is True
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
    statements = synthesis.the("AWS::SQS::QueuePolicy")["PolicyDocument"]["Statement"]
    assert [part["Condition"] for part in statements if part["Effect"] == "Deny"] == [
        {"Bool": {"aws:SecureTransport": "false"}}
    ]
    check = synthesis.the("AWS::Lambda::Function", "DriftServiceFunction")
    [target] = synthesis.the("AWS::Events::Rule")["Targets"]
    assert check["DeadLetterConfig"]["TargetArn"] == target["DeadLetterConfig"]["Arn"]


def test_only_this_rule_may_start_it(synthesis: Synthesis) -> None:
    permissions = synthesis.of_type("AWS::Lambda::Permission").values()
    [permission] = [part for part in permissions if part["Principal"] == "events.amazonaws.com"]
    assert permission["SourceArn"]["Fn::GetAtt"][0] in synthesis.of_type("AWS::Events::Rule")


@pytest.mark.parametrize("handler", [drift_check.HANDLER, model_function.HANDLER])
def test_handlers_exist(handler: str) -> None:
    module, _, name = handler.rpartition(".")
    assert name == "handler"
    assert find_spec(module) is not None
