from lambda_fn.settings import PREFIX
from tests.cdk.synthesis import Synthesis

BUCKET = "UploadsBucket"


def test_uploads_are_forgotten_after_a_day(synthesis: Synthesis) -> None:
    [rule] = synthesis.the("AWS::S3::Bucket", BUCKET)["LifecycleConfiguration"]["Rules"]
    assert (rule["ExpirationInDays"], rule["Status"]) == (1, "Enabled")
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert "Prefix" not in rule
    assert "VersioningConfiguration" not in synthesis.the("AWS::S3::Bucket", BUCKET)


def test_accesses_are_logged_for_a_while(synthesis: Synthesis) -> None:
    logging = synthesis.the("AWS::S3::Bucket", BUCKET)["LoggingConfiguration"]
    assert logging["LogFilePrefix"] == "uploads/"
    assert logging["DestinationBucketName"]["Ref"].startswith("UploadsAccessLogs")
    logs = synthesis.the("AWS::S3::Bucket", "UploadsAccessLogs")
    assert logs["LifecycleConfiguration"]["Rules"] == [{"ExpirationInDays": 90, "Status": "Enabled"}]


def test_each_caller_is_bound_to_its_own_objects(synthesis: Synthesis) -> None:
    model = synthesis.the("AWS::Lambda::Function", "ModelServiceFunction")
    assert model["Environment"]["Variables"][f"{PREFIX}BIND_BUCKETS_TO_CALLERS"] == "true"


def test_only_the_model_function_knows_and_reads_it(synthesis: Synthesis) -> None:
    [bucket] = [name for name in synthesis.of_type("AWS::S3::Bucket") if name.startswith(BUCKET)]
    functions = synthesis.of_type("AWS::Lambda::Function").items()
    told = {name: found["Environment"]["Variables"].get(f"{PREFIX}MEDIA_BUCKETS") for name, found in functions}
    assert {name[:12]: value for name, value in told.items()} == {
        "ModelService": {"Ref": bucket},
        "DriftService": None,
        "SmokeService": None,
    }
    policies = synthesis.of_type("AWS::IAM::Policy").items()
    assert [name[:16] for name, policy in policies if "s3:" in str(policy["PolicyDocument"])] == ["ModelServiceRole"]
    [statement] = [statement for statement in synthesis.statements() if statement["Action"] == "s3:GetObject"]
    assert statement["Resource"] == {"Fn::Join": ["", [{"Fn::GetAtt": [bucket, "Arn"]}, "/*"]]}


def test_no_deployment_lets_pictures_come_from_the_machine_itself(
    synthesis: Synthesis, full_synthesis: Synthesis
) -> None:
    for found in (synthesis, full_synthesis):
        for function in found.of_type("AWS::Lambda::Function").values():
            assert f"{PREFIX}ALLOW_LOOPBACK_MEDIA" not in function["Environment"]["Variables"]
