"""A function that runs the service's image: the one place where functions are configured."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from aws_cdk import Duration, IgnoreMode, RemovalPolicy, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from aws_cdk.aws_ecr_assets import Platform
from aws_cdk.aws_lambda import DockerImageCode
from constructs import Construct

from cdk.compute.execution_role import ExecutionRole
from cdk.compute.log import Log
from cdk.settings import DeploymentSettings

ROOT: Final = Path(__file__).parent.parent.parent
DOCKERFILE: Final = "lambda_fn/Dockerfile"


_PLATFORMS: Final = {"x86_64": Platform.LINUX_AMD64, "arm64": Platform.LINUX_ARM64}
_ARCHITECTURES: Final = {"x86_64": lambda_.Architecture.X86_64, "arm64": lambda_.Architecture.ARM_64}
DEADLINE_SECONDS: Final = 1
"""How much sooner the service ends a request than Lambda would, so that there are a response, a line and a metric."""


def service_image(handler: str, settings: DeploymentSettings) -> DockerImageCode:
    """Return the image, started with `handler`. Only hashed here: it is built when it is deployed.

    What belongs inside is said once, in .dockerignore; anything else in the repository leaves the hash alone.
    """
    return DockerImageCode.from_image_asset(
        str(ROOT),
        file=DOCKERFILE,
        cmd=[handler],
        platform=_PLATFORMS[settings.architecture],
        build_args=None if settings.base_image is None else {"BASE_IMAGE": settings.base_image},
        ignore_mode=IgnoreMode.DOCKER,
    )


class ServiceFunction(Construct):
    """The image, started with one of its handlers: with a role, a log and traces of its own."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        handler: str,
        description: str,
        settings: DeploymentSettings,
        memory_mb: int,
        timeout_seconds: int,
        reserved_concurrency: int | None = None,
        dead_letters: sqs.IQueue | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, name)
        self.log = Log(self, "Log", days=settings.log_days)
        self.role = ExecutionRole(self, "Role", log=self.log)
        self.function = lambda_.DockerImageFunction(
            self,
            "Function",
            code=service_image(handler, settings),
            description=description,
            architecture=_ARCHITECTURES[settings.architecture],
            memory_size=memory_mb,
            timeout=Duration.seconds(timeout_seconds),
            environment=_environment(settings, Stack.of(self).stack_name, timeout_seconds) | dict(variables or {}),
            role=self.role,
            log_group=self.log,
            logging_format=lambda_.LoggingFormat.JSON,
            # Metrics are log lines too, of no level of their own: a stricter one here would drop them.
            application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
            system_log_level_v2=lambda_.SystemLogLevel.INFO,
            tracing=lambda_.Tracing.ACTIVE,
            reserved_concurrent_executions=reserved_concurrency,
            dead_letter_queue=dead_letters,
            # Old versions stay, so that the alias can go back to them; they go with the function.
            current_version_options=lambda_.VersionOptions(removal_policy=RemovalPolicy.RETAIN),
        )


def _environment(settings: DeploymentSettings, deployment: str, timeout_seconds: int) -> dict[str, str]:
    environment = {
        "VALENCE_DEPLOYMENT": deployment,
        "VALENCE_RESPONSE_TIMEOUT_SECONDS": str(timeout_seconds - DEADLINE_SECONDS),
        "VALENCE_LOG_LEVEL": settings.log_level,
        "VALENCE_MAX_BODY_BYTES": str(settings.max_body_bytes),
    }
    if settings.lean:
        environment["VALENCE_LEAN_METRICS"] = "true"
    if settings.cors_origin is not None:
        environment["VALENCE_CORS_ORIGIN"] = settings.cors_origin
    return environment
