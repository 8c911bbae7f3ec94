"""The check that a new version passes before any traffic reaches it."""

from typing import Final

from constructs import Construct

from cdk.compute.model_function import ModelFunction
from cdk.compute.service_function import ServiceFunction
from cdk.settings import DeploymentSettings

HANDLER: Final = "lambda_fn.smoke_check.handler"


class SmokeCheck(Construct):
    """A function that CodeDeploy calls before it shifts traffic: it predicts with every model of the new version."""

    def __init__(self, scope: Construct, name: str, *, model: ModelFunction, settings: DeploymentSettings) -> None:
        super().__init__(scope, name)
        service = ServiceFunction(
            self,
            "Service",
            handler=HANDLER,
            description="Predicts with every model of a new version, before any traffic reaches it.",
            settings=settings,
            memory_mb=512,
            timeout_seconds=120,
            variables={"NEW_VERSION": model.version.function_arn},
        )
        service.role.allow_invoking(model.version)
        self.function = service.function
