"""Two environments in one account: two stacks that share nothing but the account."""

from collections.abc import Iterator
from typing import Any

from cdk.application import stack_name
from tests.cdk.synthesis import Synthesis

NAMED = ("ApiName", "BucketName", "DashboardName", "FunctionName", "LogGroupName", "QueueName", "RoleName", "TopicName")


def names(part: Any) -> Iterator[str]:
    """The names that the template gives, and doesn't leave to CloudFormation."""
    if isinstance(part, list):
        for each in part:
            yield from names(each)
    elif isinstance(part, dict):
        yield from (value for key, value in part.items() if key in NAMED and isinstance(value, str))
        for each in part.values():
            yield from names(each)


def test_each_is_a_stack_of_its_own(synthesis: Synthesis, full_synthesis: Synthesis) -> None:
    assert synthesis.template_file.name == "Valence.template.json"
    assert full_synthesis.template_file.name == "Valence-dev.template.json"
    assert (stack_name("prod"), stack_name("dev")) == ("Valence", "Valence-dev")


def test_no_name_is_taken_twice(synthesis: Synthesis, full_synthesis: Synthesis) -> None:
    first, second = (set(names(list(each.resources.values()))) for each in (synthesis, full_synthesis))
    assert first
    assert not first & second


def test_each_has_a_stage_of_its_name(synthesis: Synthesis, full_synthesis: Synthesis) -> None:
    assert synthesis.the("AWS::ApiGateway::Stage")["StageName"] == "prod"
    assert full_synthesis.the("AWS::ApiGateway::Stage")["StageName"] == "dev"


def test_the_accounts_role_for_logs_is_set_only_if_it_should_be(
    synthesis: Synthesis, full_synthesis: Synthesis
) -> None:
    assert "AWS::ApiGateway::Account" in synthesis.types()
    assert "AWS::ApiGateway::Account" not in full_synthesis.types()


def test_what_holds_data_or_is_known_to_callers_keeps_its_identity(synthesis: Synthesis) -> None:
    """CloudFormation replaces a resource whose logical id changes: callers would lose URL and keys, operators data."""
    kinds = ("AWS::ApiGateway::RestApi", "AWS::ApiGateway::ApiKey", "AWS::S3::Bucket", "AWS::SNS::Topic")
    found = {kind: sorted(synthesis.of_type(kind)) for kind in kinds}
    assert found == IDENTITIES


IDENTITIES = {
    "AWS::ApiGateway::RestApi": ["PublicApi61DEC29B"],
    "AWS::ApiGateway::ApiKey": ["PublicApiKeyEAAA52F6"],
    "AWS::S3::Bucket": ["UploadsAccessLogsB2D59324", "UploadsBucketC4B27CC7"],
    "AWS::SNS::Topic": ["NotificationsTopicAE679CBD"],
}
