"""The synthesised stack, deployed through CloudFormation into moto, and what came of it, asked for with boto3."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.cloudformation.parsing import get_model_map

from cdk.api.routes import KEYLESS, ROUTES
from cdk.application import STACK
from cdk.teardown import Deployment, main
from lambda_fn.http.gateway import create_handler
from lambda_fn.observability.emf import configure_metrics
from tests.cdk.moto_template import SKIPPED, moto_template
from tests.cdk.synthesis import Synthesis
from tests.lambda_fn.events import rest_event
from tests.pictures import RED, encoded, plain
from tests.tiny_bundle import POST, write_tiny_bundle

pytestmark = pytest.mark.slow

Outputs = dict[str, str]
MANIFEST = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json"})


@contextmanager
def deployed(template: dict[str, Any]) -> Iterator[Outputs]:
    """Create a stack in moto; yields its outputs."""
    with mock_aws():
        # What `cdk bootstrap` leaves in an account, and the template asks for.
        boto3.client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")
        formation = boto3.client("cloudformation")
        body = json.dumps(moto_template(template))
        formation.create_stack(StackName=STACK, TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
        [found] = formation.describe_stacks(StackName=STACK)["Stacks"]
        assert found["StackStatus"] == "CREATE_COMPLETE"
        yield {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}


@pytest.fixture
def outputs(synthesis: Synthesis, credentials: None) -> Iterator[Outputs]:
    """The deployed stack's outputs."""
    with deployed(synthesis.template) as found:
        yield found


def function(start: str) -> dict[str, Any]:
    functions = boto3.client("lambda").list_functions()["Functions"]
    [found] = [each for each in functions if each["FunctionName"].startswith(f"{STACK}-{start}")]
    return dict(found)


def test_what_moto_skips_is_what_the_tests_of_the_template_are_for(synthesis: Synthesis) -> None:
    assert synthesis.types() - set(get_model_map()) == SKIPPED


def test_everything_that_moto_knows_is_created(synthesis: Synthesis, outputs: Outputs) -> None:
    summaries = boto3.client("cloudformation").list_stack_resources(StackName=STACK)["StackResourceSummaries"]
    expected = {name for name, part in synthesis.resources.items() if part["Type"] not in SKIPPED}
    assert {summary["LogicalResourceId"] for summary in summaries} == expected


def test_the_bucket_keeps_objects_encrypted(outputs: Outputs) -> None:
    client = boto3.client("s3")
    client.put_object(Bucket=outputs["UploadsBucketName"], Key="key1/cat.png", Body=b"{}")
    kept = client.get_object(Bucket=outputs["UploadsBucketName"], Key="key1/cat.png")
    assert kept["ServerSideEncryption"] == "AES256"
    assert kept["Body"].read() == b"{}"


def test_the_functions_run_with_their_roles_and_settings(outputs: Outputs) -> None:
    model, drift = function("ModelService"), function("DriftService")
    assert (model["MemorySize"], model["Timeout"]) == (1769, 29)
    assert (drift["MemorySize"], drift["Timeout"]) == (512, 60)
    assert model["Environment"]["Variables"]["VALENCE_MAX_BODY_BYTES"] == "5242880"
    assert model["Environment"]["Variables"]["VALENCE_MEDIA_BUCKETS"] == outputs["UploadsBucketName"]
    assert "ModelServiceRole" in model["Role"]
    assert model["Role"] != drift["Role"]


def test_the_model_functions_role_may_read_uploads_and_no_other_object(outputs: Outputs) -> None:
    role = function("ModelService")["Role"].rpartition("/")[2]
    [name] = boto3.client("iam").list_role_policies(RoleName=role)["PolicyNames"]
    document = boto3.client("iam").get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    [statement] = [part for part in document["Statement"] if part["Action"] == "s3:GetObject"]
    assert statement["Resource"] == f"arn:aws:s3:::{outputs['UploadsBucketName']}/*"


def test_a_picture_in_the_uploads_bucket_is_judged_as_the_functions_environment_says(
    outputs: Outputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = outputs["UploadsBucketName"]
    boto3.client("s3").put_object(Bucket=bucket, Key="key1/cat.png", Body=encoded(plain(RED), "PNG"))
    for name, value in function("ModelService")["Environment"]["Variables"].items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("VALENCE_MODELS", str(tmp_path))
    write_tiny_bundle(tmp_path, "posts", POST)
    handler = create_handler()
    asked = {"image_url": f"s3://{bucket}/key1/cat.png"}
    event = rest_event("POST", "/v1/predict", json.dumps(asked))
    refused = json.loads(handler(event, None)["body"])
    event["requestContext"]["identity"]["apiKeyId"] = "key1"
    prediction = json.loads(handler(event, None)["body"])
    configure_metrics("local")
    assert prediction["modalities"]["image"] == {"present": True}
    assert prediction["sentiment"]["label"] == "positive"
    assert refused["code"] == "media_url_refused"


def test_each_role_can_be_assumed_by_lambda_and_has_one_policy(outputs: Outputs) -> None:
    client = boto3.client("iam")
    for start in ("ModelService", "DriftService", "SmokeService"):
        role = function(start)["Role"].rpartition("/")[2]
        assert client.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
        [name] = client.list_role_policies(RoleName=role)["PolicyNames"]
        document = client.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        allowed = json.dumps(document)
        assert "logs:PutLogEvents" in allowed
        assert ("cloudwatch:GetMetricData" in allowed) == (start == "DriftService")


def test_the_api_has_its_routes_and_each_wants_a_key(outputs: Outputs) -> None:
    client = boto3.client("apigateway")
    [api] = client.get_rest_apis()["items"]
    assert outputs["Url"] == f"https://{api['id']}.execute-api.eu-central-1.amazonaws.com/prod/"
    found = set()
    for resource in client.get_resources(restApiId=api["id"])["items"]:
        for method in resource.get("resourceMethods", {}):
            details = client.get_method(restApiId=api["id"], resourceId=resource["id"], httpMethod=method)
            assert details["apiKeyRequired"] is (resource["path"] not in KEYLESS)
            found.add((method, resource["path"]))
    assert found == set(ROUTES)


def test_api_gateway_may_call_the_function_for_these_routes_alone(outputs: Outputs) -> None:
    policy = boto3.client("lambda").get_policy(FunctionName=function("ModelService")["FunctionName"])["Policy"]
    statements = json.loads(policy)["Statement"]
    assert {statement["Principal"]["Service"] for statement in statements} == {"apigateway.amazonaws.com"}
    sources = [statement["Condition"]["ArnLike"]["AWS:SourceArn"] for statement in statements]
    called = {tuple(source.partition("/prod/")[2].partition("/")[::2]) for source in sources}
    assert called == {(method, path[1:]) for method, path in ROUTES}


def test_the_rule_starts_the_drift_check(outputs: Outputs) -> None:
    client = boto3.client("events")
    [rule] = client.list_rules()["Rules"]
    [target] = client.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert rule["State"] == "ENABLED"
    assert target["Arn"] == function("DriftService")["FunctionArn"]


def test_dead_letters_can_be_sent_and_read(outputs: Outputs) -> None:
    client = boto3.client("sqs")
    [queue] = client.list_queues()["QueueUrls"]
    client.send_message(QueueUrl=queue, MessageBody="lost")
    [message] = client.receive_message(QueueUrl=queue)["Messages"]
    assert message["Body"] == "lost"


def test_the_topic_takes_subscribers_and_messages(outputs: Outputs) -> None:
    client = boto3.client("sns")
    client.subscribe(TopicArn=outputs["AlarmTopic"], Protocol="email", Endpoint="someone@example.com")
    assert client.publish(TopicArn=outputs["AlarmTopic"], Message="ALARM")["MessageId"]


def test_logs_are_kept_for_a_month(outputs: Outputs) -> None:
    groups = boto3.client("logs").describe_log_groups()["logGroups"]
    assert [group["retentionInDays"] for group in groups] == [30] * 5


def test_the_first_key_is_got_with_the_command_that_is_printed(outputs: Outputs) -> None:
    command = outputs["ApiKeyCommand"].split()
    assert command[:5] == ["aws", "apigateway", "get-api-key", "--api-key", "first-key"]
    assert command[-2:] == ["--region", "eu-central-1"]


def test_dashboards_are_there(outputs: Outputs) -> None:
    client = boto3.client("cloudwatch")
    names = {entry["DashboardName"] for entry in client.list_dashboards()["DashboardEntries"]}
    assert names == {"Valence-service", "Valence-models"}
    for name in names:
        assert json.loads(client.get_dashboard(DashboardName=name)["DashboardBody"])["widgets"]


@pytest.fixture
def image(outputs: Outputs) -> tuple[str, str]:
    """The repository that holds the functions' image, and the image's tag in it."""
    uri = boto3.client("lambda").get_function(FunctionName=function("ModelService")["FunctionName"])["Code"]["ImageUri"]
    repository, _, tag = uri.partition("/")[2].rpartition(":")
    client = boto3.client("ecr")
    client.create_repository(repositoryName=repository)
    client.put_image(repositoryName=repository, imageTag=tag, imageManifest=MANIFEST)
    return repository, tag


@pytest.fixture
def hand_made(outputs: Outputs) -> dict[str, str]:
    """A usage plan and keys that somebody added: one for this API alone, one for another API too."""
    client = boto3.client("apigateway")
    [api] = client.get_rest_apis()["items"]
    own = client.create_usage_plan(name="clients", apiStages=[{"apiId": api["id"], "stage": "prod"}])["id"]
    other = client.create_usage_plan(name="others", apiStages=[{"apiId": "other", "stage": "prod"}])["id"]
    keys = {name: client.create_api_key(name=name, enabled=True)["id"] for name in ("own", "shared")}
    for plan, names in ((own, ("own", "shared")), (other, ("shared",))):
        for name in names:
            client.create_usage_plan_key(usagePlanId=plan, keyId=keys[name], keyType="API_KEY")
    return {"plan": own, "other": other, **keys}


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def teardown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str, answer: str = "") -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["teardown", *arguments])
        monkeypatch.setattr(sys, "stdin", StringIO(f"{answer}\n"))
        return main(), capsys.readouterr().out

    return run


def test_teardown_names_what_goes_asks_and_leaves_nothing(
    outputs: Outputs, image: tuple[str, str], hand_made: dict[str, str], teardown: Run
) -> None:
    bucket = outputs["UploadsBucketName"]
    write_twice_and_delete(bucket, "key1/cat.png")
    code, said = teardown(answer=STACK)
    assert code == 0
    assert said.startswith(f"stack {STACK}\n")
    assert f"all objects in {bucket}\n" in said
    assert f"API key {hand_made['own']}, made by hand\n" in said
    with pytest.raises(ClientError, match="does not exist"):
        boto3.client("cloudformation").describe_stacks(StackName=STACK)
    assert boto3.client("s3").list_buckets()["Buckets"] == []
    assert boto3.client("lambda").list_functions()["Functions"] == []
    assert boto3.client("logs").describe_log_groups()["logGroups"] == []
    assert boto3.client("ecr").list_images(repositoryName=image[0])["imageIds"] == []
    gateway = boto3.client("apigateway")
    assert [plan["id"] for plan in gateway.get_usage_plans()["items"]] == [hand_made["other"]]
    assert [key["id"] for key in gateway.get_api_keys()["items"]] == [hand_made["shared"]]


def write_twice_and_delete(bucket: str, key: str) -> None:
    client = boto3.client("s3")
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"old", b"new"):
        client.put_object(Bucket=bucket, Key=key, Body=body)
    client.delete_object(Bucket=bucket, Key=key)


@pytest.mark.parametrize(("arguments", "answer"), [(["--dry-run"], STACK), ([], ""), ([], "yes"), ([], "y")])
def test_without_the_stacks_name_nothing_is_deleted(
    outputs: Outputs, image: tuple[str, str], teardown: Run, arguments: list[str], answer: str
) -> None:
    code, _ = teardown(*arguments, answer=answer)
    assert code == (0 if arguments else 1)
    assert boto3.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    assert boto3.client("ecr").list_images(repositoryName=image[0])["imageIds"]


def test_kept_buckets_are_not_emptied(synthesis: Synthesis, credentials: None, teardown: Run) -> None:
    kept = json.loads(json.dumps(synthesis.template))
    for part in kept["Resources"].values():
        if part["Type"] == "AWS::S3::Bucket":
            part["DeletionPolicy"] = "Retain"
    with deployed(kept) as outputs:
        bucket = outputs["UploadsBucketName"]
        deployment = Deployment.read(STACK)
        assert deployment.buckets == ()
        assert bucket in deployment.kept_buckets
        code, said = teardown("--dry-run")
        assert code == 0
        assert f"kept: {bucket}\n" in said
        assert "all objects in" not in said
