"""Deletes a deployment with everything that would go on costing. It says what goes, and asks first.

python -m cdk.teardown                      asks, then deletes the environment `prod`
python -m cdk.teardown --environment dev    another environment
python -m cdk.teardown --dry-run            only says what would be deleted
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import boto3
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from cdk.application import stack_name

API: Final = "AWS::ApiGateway::RestApi"
BUCKET: Final = "AWS::S3::Bucket"
FUNCTION: Final = "AWS::Lambda::Function"
KEY: Final = "AWS::ApiGateway::ApiKey"
PLAN: Final = "AWS::ApiGateway::UsagePlan"
ATTEMPTS: Final = 3


def main() -> int:
    """Delete what the command line names, and return the exit code."""
    parser = ArgumentParser("python -m cdk.teardown", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--environment", default="prod", help="environment to delete (default: %(default)s)")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    options = parser.parse_args()
    stack = stack_name(options.environment)
    try:
        deployment = Deployment.read(stack)
        sys.stdout.writelines(f"{line}\n" for line in deployment.described())
        if options.dry_run:
            return 0
        if not options.yes and not _is_confirmed(stack):
            sys.stderr.write("Nothing was deleted.\n")
            return 1
        deployment.delete()
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _is_confirmed(stack: str) -> bool:
    sys.stdout.write(f"Type {stack} to delete all this: ")
    sys.stdout.flush()
    return sys.stdin.readline().strip() == stack


@dataclass(frozen=True, slots=True)
class Deployment:
    """What belongs to a stack, whether the stack made it or somebody by hand."""

    stack: str
    buckets: tuple[str, ...]
    """Those that go with the stack, with every object."""
    kept_buckets: tuple[str, ...]
    """Those that the setting `keep_data` keeps."""
    images: tuple[str, ...]
    plans: tuple[str, ...]
    """Usage plans of its API that were made by hand: the API can't be deleted before them."""
    keys: tuple[str, ...]
    """API keys that were made by hand, and are good for nothing else."""

    @classmethod
    def read(cls, stack: str) -> Self:
        """Ask AWS."""
        formation = boto3.client("cloudformation")
        resources = list(_resources(formation, stack))
        kept = _retained(formation.get_template(StackName=stack)["TemplateBody"])
        buckets = [part for part in resources if part.get("ResourceType") == BUCKET]
        plans, keys = _made_by_hand(resources)
        return cls(
            stack,
            tuple(part["PhysicalResourceId"] for part in buckets if part["LogicalResourceId"] not in kept),
            tuple(part["PhysicalResourceId"] for part in buckets if part["LogicalResourceId"] in kept),
            tuple(sorted({image for name in _names(resources, FUNCTION) for image in _images_of(name)})),
            plans,
            keys,
        )

    def described(self) -> Iterator[str]:
        """Say what goes and what stays, a line each."""
        yield f"stack {self.stack}"
        yield from (f"all objects in {bucket}" for bucket in self.buckets)
        yield from (f"usage plan {plan}, made by hand" for plan in self.plans)
        yield from (f"API key {key}, made by hand" for key in self.keys)
        yield from (f"image {image}" for image in self.images)
        yield from (f"kept: {bucket}" for bucket in self.kept_buckets)

    def delete(self) -> None:
        """Delete it all but what is kept."""
        _delete_plans_and_keys(self.plans, self.keys)
        _delete_stack(self.stack, self.buckets)
        for image in self.images:
            _delete_image(image)


def _resources(formation: Any, stack: str) -> Iterator[dict[str, Any]]:
    for page in formation.get_paginator("list_stack_resources").paginate(StackName=stack):
        yield from page["StackResourceSummaries"]


def _names(resources: list[dict[str, Any]], kind: str) -> list[str]:
    return [resource["PhysicalResourceId"] for resource in resources if resource.get("ResourceType") == kind]


def _retained(template: Mapping[str, Any] | str) -> set[str]:
    """Return the logical ids of what outlives the stack."""
    parsed: Mapping[str, Any] = json.loads(template) if isinstance(template, str) else template
    return {name for name, part in parsed["Resources"].items() if part.get("DeletionPolicy") == "Retain"}


def _made_by_hand(resources: list[dict[str, Any]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the usage plans and keys of the stack's API that the stack didn't make."""
    client = boto3.client("apigateway")
    apis = set(_names(resources, API))
    pages = client.get_paginator("get_usage_plans").paginate()
    every = [plan for page in pages for plan in page["items"]]
    ours = [plan["id"] for plan in every if apis & {stage["apiId"] for stage in plan.get("apiStages", [])}]
    others = [plan["id"] for plan in every if plan["id"] not in ours]
    keys = _keys_of(client, ours) - _keys_of(client, others) - set(_names(resources, KEY))
    return tuple(sorted(set(ours) - set(_names(resources, PLAN)))), tuple(sorted(keys))


def _keys_of(client: Any, plans: list[str]) -> set[str]:
    paginator = client.get_paginator("get_usage_plan_keys")
    pages = [page for plan in plans for page in paginator.paginate(usagePlanId=plan)]
    return {key["id"] for page in pages for key in page["items"]}


def _delete_plans_and_keys(plans: tuple[str, ...], keys: tuple[str, ...]) -> None:
    client = boto3.client("apigateway")
    for key in keys:
        client.delete_api_key(apiKey=key)
    for plan in plans:
        stages = client.get_usage_plan(usagePlanId=plan).get("apiStages", [])
        names = [f"{stage['apiId']}:{stage['stage']}" for stage in stages]
        removals = [{"op": "remove", "path": "/apiStages", "value": name} for name in names]
        client.update_usage_plan(usagePlanId=plan, patchOperations=removals)
        client.delete_usage_plan(usagePlanId=plan)


def _delete_stack(stack: str, buckets: tuple[str, ...]) -> None:
    formation = boto3.client("cloudformation")
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
