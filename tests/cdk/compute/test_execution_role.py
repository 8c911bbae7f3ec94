"""What the stack's roles may do, all of it: a right that is added must be added here too."""

import json
from typing import Any

from tests.cdk.synthesis import Synthesis

NARROWED = {
    ("logs:CreateLogStream", "logs:PutLogEvents"),
    ("sqs:SendMessage",),
    ("s3:GetObject",),
    ("lambda:InvokeFunction",),
    ("codedeploy:PutLifecycleEventHookExecutionStatus",),
}
EVERYWHERE = {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "cloudwatch:GetMetricData"}
MANAGED = {"AmazonAPIGatewayPushToCloudWatchLogs", "AWSCodeDeployRoleForLambdaLimited"}


def actions_of(statement: dict[str, Any]) -> tuple[str, ...]:
    actions = statement["Action"]
    return (actions,) if isinstance(actions, str) else tuple(actions)


def without_objects(resource: dict[str, Any]) -> dict[str, Any]:
    """The bucket, where a right is for every object of one."""
    if "Fn::Join" not in resource:
        return resource
    [separator, [bucket, objects]] = resource["Fn::Join"]
    assert (separator, objects) == ("", "/*")
    return dict(bucket)


def named_in(part: Any) -> set[str]:
    """The logical ids that a resource is written with."""
    return {word for word in json.dumps(part).split('"') if word.isalnum()}


def test_what_is_allowed_everywhere_cannot_be_narrowed(synthesis: Synthesis) -> None:
    wide = [statement for statement in synthesis.statements() if statement["Resource"] == "*"]
    assert {action for statement in wide for action in actions_of(statement)} == EVERYWHERE


def test_everything_else_names_one_resource_of_this_stack(synthesis: Synthesis) -> None:
    narrow = [statement for statement in synthesis.statements() if statement["Resource"] != "*"]
    assert {actions_of(statement) for statement in narrow} == NARROWED
    for statement in narrow:
        if actions_of(statement)[0].startswith(("lambda:", "codedeploy:")):
            assert named_in(statement["Resource"]) & set(synthesis.resources)
            continue
        [(function, (target, attribute))] = without_objects(statement["Resource"]).items()
        assert (function, attribute) == ("Fn::GetAtt", "Arn")
        assert target in synthesis.resources


def test_no_right_has_a_wildcard_and_nothing_is_denied_by_chance(synthesis: Synthesis) -> None:
    for statement in synthesis.statements():
        assert statement["Effect"] == "Allow"
        assert not any("*" in action for action in actions_of(statement))


def test_functions_have_no_policies_of_amazons_making(synthesis: Synthesis) -> None:
    managed = [
        arn["Fn::Join"][1][-1].rpartition("/")[2]
        for role in synthesis.of_type("AWS::IAM::Role").values()
        for arn in role.get("ManagedPolicyArns", [])
    ]
    assert set(managed) == MANAGED


def test_each_role_is_for_one_service(synthesis: Synthesis) -> None:
    roles = synthesis.of_type("AWS::IAM::Role").values()
    principals = [role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"] for role in roles]
    assert sorted(principals) == [
        "apigateway.amazonaws.com",
        "codedeploy.amazonaws.com",
        *["lambda.amazonaws.com"] * 3,
    ]


def test_only_the_drift_check_reads_metrics(synthesis: Synthesis) -> None:
    policies = synthesis.of_type("AWS::IAM::Policy").items()
    readers = [name for name, policy in policies if "cloudwatch:GetMetricData" in str(policy["PolicyDocument"])]
    assert [name.startswith("DriftServiceRole") for name in readers] == [True]
