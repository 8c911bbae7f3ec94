"""Takes the service away with everything that would go on costing.

python -m cdk.teardown             empties the stack's buckets, deletes the stack and its images
python -m cdk.teardown --dry-run   says what it would delete
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from cdk.application import STACK

BUCKET: Final = "AWS::S3::Bucket"
FUNCTION: Final = "AWS::Lambda::Function"
ATTEMPTS: Final = 3


def main() -> int:
    """Delete what the command line says, and return the exit code."""
    parser = ArgumentParser("python -m cdk.teardown", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--stack", default=STACK, help="name of the stack (default: %(default)s)")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")
    options = parser.parse_args()
    try:
        for done in tear_down(options.stack, dry_run=options.dry_run):
            sys.stdout.write(f"{done}\n")
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def tear_down(stack: str, *, dry_run: bool = False) -> Iterator[str]:
    """Delete a stack, the objects in its buckets and its images, and tell of each."""
    formation = boto3.client("cloudformation")
    resources = list(_resources(formation, stack))
    images = sorted({image for name in _names(resources, FUNCTION) for image in _images_of(name)})
    buckets = _names(resources, BUCKET)
    yield from (f"objects in {bucket}" for bucket in buckets)
    yield f"stack {stack}"
    if not dry_run:
        _delete_stack(formation, stack, buckets)
    for image in images:
        yield f"image {image}"
        if not dry_run:
            _delete_image(image)


def _resources(formation: Any, stack: str) -> Iterator[dict[str, Any]]:
    for page in formation.get_paginator("list_stack_resources").paginate(StackName=stack):
        yield from page["StackResourceSummaries"]


def _names(resources: list[dict[str, Any]], kind: str) -> list[str]:
    return [resource["PhysicalResourceId"] for resource in resources if resource.get("ResourceType") == kind]


def _delete_stack(formation: Any, stack: str, buckets: list[str]) -> None:
    for attempt in range(ATTEMPTS):
        for bucket in buckets:
            boto3.resource("s3").Bucket(bucket).object_versions.delete()
        formation.delete_stack(StackName=stack)
        try:
            formation.get_waiter("stack_delete_complete").wait(StackName=stack)
        except WaiterError:
            # S3 writes access logs late: one may have come into a bucket that was empty already.
            if attempt == ATTEMPTS - 1:
                raise
        else:
            return


def _images_of(function: str) -> Iterator[str]:
    """Find the image of each version of a function: they are in CDK's own repository, which outlives the stack."""
    client = boto3.client("lambda")
    for page in client.get_paginator("list_versions_by_function").paginate(FunctionName=function):
        for version in page["Versions"]:
            code = client.get_function(FunctionName=function, Qualifier=version["Version"])["Code"]
            if "ImageUri" in code:
                yield code["ImageUri"]


def _delete_image(image: str) -> None:
    repository, _, tag = image.partition("/")[2].rpartition(":")
    boto3.client("ecr").batch_delete_image(repositoryName=repository, imageIds=[{"imageTag": tag}])


if __name__ == "__main__":
    sys.exit(main())
