"""A function's permissions, starting from none."""

from typing import Final

from aws_cdk import Acknowledgment, CfnElement, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

WILDCARD: Final = "AwsSolutions::AwsSolutions-IAM5"


class ExecutionRole(iam.Role):
    """A function's role: writing its own log, sending traces, and nothing else until something is granted.

    AWS's managed policy for this would let the function write, and create, every log group of the account.
    """

    def __init__(self, scope: Construct, name: str, *, log: logs.ILogGroup) -> None:
        super().__init__(scope, name, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self._reasons: list[str] = []
        log.grant_write(self)
        self.allow_everywhere("xray:PutTraceSegments", "xray:PutTelemetryRecords", because="traces aren't resources")

    def allow_everywhere(self, *actions: str, because: str) -> None:
        """Allow actions that can't be limited to a resource, and record why."""
        self.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=["*"]))
        self._reasons.append(f"{', '.join(actions)} can't be narrowed: {because}.")
        self._acknowledge("*", " ".join(self._reasons))

    def allow_objects(self, *actions: str, bucket: s3.Bucket, because: str) -> None:
        """Allow actions on every object of one bucket, and record why."""
        self.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=[bucket.arn_for_objects("*")]))
        element = bucket.node.default_child
        assert isinstance(element, CfnElement)
        name = Stack.of(self).get_logical_id(element)
        self._acknowledge(f"<{name}.Arn>/*", f"{', '.join(actions)} on every object of one bucket: {because}.")

    def allow_invoking(self, version: lambda_.IVersion) -> None:
        """Allow calling one version of a function."""
        self.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[version.function_arn]))

    def _acknowledge(self, resource: str, reason: str) -> None:
        Validations.of(self).acknowledge(Acknowledgment(id=f"{WILDCARD}[Resource::{resource}]", reason=reason))
