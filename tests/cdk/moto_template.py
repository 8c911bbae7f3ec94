"""The template as moto can create it: without the types that its CloudFormation doesn't know."""

import json
from collections.abc import Iterator
from typing import Any

SKIPPED = frozenset(
    {
        "AWS::ApiGateway::Account",
        "AWS::ApiGateway::ApiKey",
        "AWS::ApiGateway::GatewayResponse",
        "AWS::ApiGateway::Stage",
        "AWS::ApiGateway::UsagePlan",
        "AWS::ApiGateway::UsagePlanKey",
        "AWS::CloudWatch::Alarm",
        "AWS::CodeDeploy::Application",
        "AWS::CodeDeploy::DeploymentGroup",
        "AWS::Lambda::Alias",
        "AWS::Logs::MetricFilter",
        "AWS::Logs::QueryDefinition",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
    }
)
"""Types that moto passes over. The tests of the constructs make assertions on the template for each of them."""

Template = dict[str, Any]


def moto_template(template: Template) -> Template:
    """Leave out what moto skips, and put something in the place of what others refer to."""
    resources: Template = template["Resources"]
    skipped = {name: part for name, part in resources.items() if part["Type"] in SKIPPED}
    kept = {name: _without(part, skipped) for name, part in resources.items() if name not in skipped}
    stand_ins = {json.dumps(old): new for name, part in resources.items() for old, new in _stand_ins(name, part)}
    changed: Template = _replaced({**template, "Resources": kept}, stand_ins)
    return changed


def _stand_ins(name: str, part: Template) -> Iterator[tuple[Template, Any]]:
    """The alias and a version are the function, the stage is its name, a key is ours, and an alarm's ARN is made up."""
    if part["Type"] == "AWS::Lambda::Alias":
        yield {"Ref": name}, part["Properties"]["FunctionName"]
    elif part["Type"] == "AWS::ApiGateway::Stage":
        yield {"Ref": name}, part["Properties"]["StageName"]
    elif part["Type"] == "AWS::ApiGateway::ApiKey":
        yield {"Ref": name}, "first-key"
    elif part["Type"] == "AWS::Lambda::Version":
        yield {"Ref": name}, {"Fn::GetAtt": [part["Properties"]["FunctionName"]["Ref"], "Arn"]}
        yield {"Fn::GetAtt": [name, "Version"]}, "1"
    elif part["Type"].startswith("AWS::CodeDeploy::"):
        yield {"Ref": name}, name
    elif part["Type"] == "AWS::CloudWatch::Alarm":
        yield {"Fn::GetAtt": [name, "Arn"]}, f"arn:aws:cloudwatch:eu-central-1:123456789012:alarm:{name}"


def _without(resource: Template, skipped: Template) -> Template:
    before = resource.get("DependsOn", [])
    names = [before] if isinstance(before, str) else before
    return {**resource, "DependsOn": [name for name in names if name not in skipped]}


def _replaced(part: Any, stand_ins: Template) -> Any:
    if isinstance(part, list):
        return [_replaced(each, stand_ins) for each in part]
    if not isinstance(part, dict):
        return part
    if (stand_in := stand_ins.get(json.dumps(part))) is not None:
        return stand_in
    return {name: _replaced(each, stand_ins) for name, each in part.items()}
