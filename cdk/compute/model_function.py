"""The function that handles requests, and the alias that traffic goes through."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Acknowledgment, CfnElement, Stack, Validations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk.compute.execution_role import WILDCARD
from cdk.compute.service_function import ServiceFunction
from cdk.settings import Canary, DeploymentSettings

HANDLER: Final = "lambda_fn.handler.handler"
ALIAS: Final = "live"
STRATEGIES: Final[dict[Canary, codedeploy.ILambdaDeploymentConfig]] = {
    "none": codedeploy.LambdaDeploymentConfig.ALL_AT_ONCE,
    "10-percent-10-minutes": codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_10_MINUTES,
    "10-percent-15-minutes": codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_15_MINUTES,
    "10-percent-30-minutes": codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_30_MINUTES,
}


class ModelFunction(Construct):
    """The service's function. It is called only through the alias, which updates move and alarms roll back."""

    def __init__(self, scope: Construct, name: str, *, settings: DeploymentSettings) -> None:
        super().__init__(scope, name)
        self._settings = settings
        service = ServiceFunction(
            self,
            "Service",
            handler=HANDLER,
            description="Answers Valence's HTTP API.",
            settings=settings,
            memory_mb=settings.memory_mb,
            timeout_seconds=settings.timeout_seconds,
            reserved_concurrency=settings.reserved_concurrency,
        )
        self.function: lambda_.Function = service.function
        self.role = service.role
        self.log = service.log
        self.version = service.function.current_version
        self.alias = lambda_.Alias(
            self,
            "Alias",
            alias_name=ALIAS,
            version=self.version,
            provisioned_concurrent_executions=settings.provisioned_concurrency or None,
        )

    def roll_back_on(self, alarms: Sequence[cloudwatch.IAlarm], smoke_check: lambda_.IFunction) -> None:
        """Let each update take over as the settings say, once the check passes, and roll it back on an alarm."""
        group = codedeploy.LambdaDeploymentGroup(
            self,
            "Updates",
            alias=self.alias,
            deployment_config=STRATEGIES[self._settings.canary],
            alarms=list(alarms),
            pre_hook=smoke_check,
        )
        Validations.of(group).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-IAM4"
                "[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]",
                reason="AWS's limited policy for moving a Lambda alias: CodeDeploy alone assumes the role.",
            )
        )
        element = smoke_check.node.default_child
        assert isinstance(element, CfnElement)
        name = Stack.of(self).get_logical_id(element)
        Validations.of(group).acknowledge(
            Acknowledgment(
                id=f"{WILDCARD}[Resource::<{name}.Arn>:*]",
                reason="CodeDeploy calls one function, the smoke check, whichever version of it is the latest.",
            )
        )
