"""What CodeDeploy calls before a new version gets traffic: one prediction by each of its models."""

import json
import os
from base64 import b64encode
from typing import Any, Final

from lambda_fn.inference.warm_up import PIXEL
from lambda_fn.observability.request_log import LOGGER, configure_logging
from lambda_fn.settings import read_settings
from model_bundle.folder import read_specs
from model_bundle.spec import BundleSpec

VERSION_VARIABLE: Final = "NEW_VERSION"


def handler(event: dict[str, Any], context: Any) -> str:  # noqa: ARG001  # Lambda's signature
    """Check the version that NEW_VERSION names, tell CodeDeploy, and return `Succeeded` or `Failed`."""
    settings = read_settings()
    configure_logging(settings.log_level)
    functions, deployments = _clients()
    version = os.environ[VERSION_VARIABLE]
    failures = [
        failure
        for name, spec in read_specs(settings.models).items()
        if (failure := _failure_of(functions, version, name, spec)) is not None
    ]
    for failure in failures:
        LOGGER.error("smoke check failed", extra=failure)
    status = "Failed" if failures else "Succeeded"
    deployments.put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status=status,
    )
    return status


def _failure_of(client: Any, version: str, model: str, spec: BundleSpec) -> dict[str, Any] | None:
    """Return what went wrong with one model; None if it predicts."""
    response = client.invoke(FunctionName=version, Payload=json.dumps(_event(model, spec)))
    answer = json.loads(response["Payload"].read())
    if "FunctionError" in response:
        return {"model": model, "error": answer.get("errorType")}
    body = json.loads(answer["body"])
    if answer["statusCode"] != 200:
        return {"model": model, "status": answer["statusCode"], "code": body.get("code")}
    missing = {head.name for head in spec.heads} - body["heads"].keys()
    return {"model": model, "missing_heads": sorted(missing)} if missing else None


def _event(model: str, spec: BundleSpec) -> dict[str, Any]:
    """Return an event of a REST API, as the version's own caller sends it."""
    kinds = {modality.kind for modality in spec.modalities}
    item = {"model": model, "text": "A quiet, perfect film."}
    if "image" in kinds:
        item["image_base64"] = b64encode(PIXEL).decode()
    headers = {"Content-Type": "application/json"}
    return {
        "resource": "/v1/predict",
        "path": "/v1/predict",
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {"requestId": "smoke-check", "identity": {"sourceIp": "127.0.0.1"}},
        "body": json.dumps(item),
        "isBase64Encoded": False,
    }


def _clients() -> tuple[Any, Any]:
    import boto3  # it comes with Lambda's base image

    return boto3.client("lambda"), boto3.client("codedeploy")
