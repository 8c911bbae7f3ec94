from importlib.util import find_spec

from cdk.compute import smoke_check
from tests.cdk.synthesis import Synthesis


def test_it_calls_the_new_version_and_no_other_function(synthesis: Synthesis) -> None:
    [version] = synthesis.of_type("AWS::Lambda::Version")
    variables = synthesis.the("AWS::Lambda::Function", "SmokeServiceFunction")["Environment"]["Variables"]
    assert variables["NEW_VERSION"] == {"Ref": version}
    policy = synthesis.the("AWS::IAM::Policy", "SmokeServiceRole")["PolicyDocument"]["Statement"]
    [invoking] = [part for part in policy if part["Action"] == "lambda:InvokeFunction"]
    assert invoking["Resource"] == {"Ref": version}


def test_without_a_canary_there_is_no_check(full_synthesis: Synthesis) -> None:
    assert not [name for name in full_synthesis.of_type("AWS::Lambda::Function") if name.startswith("Smoke")]


def test_the_handler_exists() -> None:
    assert find_spec(smoke_check.HANDLER.rpartition(".")[0]) is not None
