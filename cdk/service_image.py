"""The container image that every function of the service runs."""

from pathlib import Path
from typing import Final

from aws_cdk import IgnoreMode
from aws_cdk.aws_ecr_assets import Platform
from aws_cdk.aws_lambda import DockerImageCode

ROOT: Final = Path(__file__).parent.parent
DOCKERFILE: Final = "lambda_fn/Dockerfile"


def service_image(handler: str) -> DockerImageCode:
    """Return the image, started with `handler`. Only hashed here: it is built when it is deployed.

    What belongs inside is said once, in .dockerignore; anything else in the repository leaves the hash alone.
    """
    return DockerImageCode.from_image_asset(
        str(ROOT), file=DOCKERFILE, cmd=[handler], platform=Platform.LINUX_AMD64, ignore_mode=IgnoreMode.DOCKER
    )
