from lambda_fn.settings import PREFIX, Settings
from tests.cdk.synthesis import ROOT, Synthesis

FUNCTION = "ModelServiceFunction"


def test_the_function_is_the_image_with_memory_timeout_and_traces(synthesis: Synthesis) -> None:
    function = synthesis.the("AWS::Lambda::Function", FUNCTION)
    assert function["PackageType"] == "Image"
    assert function["ImageConfig"] == {"Command": ["lambda_fn.handler.handler"]}
    assert (function["MemorySize"], function["Timeout"]) == (1769, 29)
    assert function["Architectures"] == ["x86_64"]
    assert function["TracingConfig"] == {"Mode": "Active"}


def test_it_logs_json_to_a_group_of_the_stack_and_lambda_drops_no_metrics(synthesis: Synthesis) -> None:
    logging = synthesis.the("AWS::Lambda::Function", FUNCTION)["LoggingConfig"]
    assert logging["LogFormat"] == "JSON"
    assert logging["ApplicationLogLevel"] == logging["SystemLogLevel"] == "INFO"
    assert synthesis.resources[logging["LogGroup"]["Ref"]]["Type"] == "AWS::Logs::LogGroup"


def test_its_environment_has_only_settings_of_the_service(full_synthesis: Synthesis) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | {"NEW_VERSION"}
    for function in full_synthesis.of_type("AWS::Lambda::Function").values():
        assert set(function["Environment"]["Variables"]) <= known


def test_traffic_goes_through_an_alias_that_keeps_old_versions(synthesis: Synthesis) -> None:
    alias = synthesis.the("AWS::Lambda::Alias")
    version = alias["FunctionVersion"]["Fn::GetAtt"][0]
    assert alias["Name"] == "live"
    assert synthesis.resources[version]["DeletionPolicy"] == "Retain"
    permissions = synthesis.of_type("AWS::Lambda::Permission").values()
    callers = [permission for permission in permissions if permission["Principal"] == "apigateway.amazonaws.com"]
    assert all(synthesis.resources[caller["FunctionName"]["Ref"]]["Type"] == "AWS::Lambda::Alias" for caller in callers)


def test_an_update_takes_a_tenth_first_and_alarms_of_the_new_version_roll_it_back(synthesis: Synthesis) -> None:
    group = synthesis.the("AWS::CodeDeploy::DeploymentGroup")
    assert group["DeploymentConfigName"] == "CodeDeployDefault.LambdaCanary10Percent10Minutes"
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
    alarms = [alarm["Name"]["Ref"] for alarm in group["AlarmConfiguration"]["Alarms"]]
    assert [name.removeprefix("Alarms")[:-8] for name in alarms] == [
        "NewVersionCrashes",
        "NewVersionErrors",
        "NewVersionLatency",
    ]
    [alias] = [part for part in synthesis.resources.values() if part["Type"] == "AWS::Lambda::Alias"]
    hook = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["BeforeAllowTrafficHook"]["Ref"]
    assert hook.startswith("SmokeServiceFunction")


def test_provisioned_and_reserved_concurrency_are_options(synthesis: Synthesis, full_synthesis: Synthesis) -> None:
    assert "ProvisionedConcurrencyConfig" not in synthesis.the("AWS::Lambda::Alias")
    assert "ReservedConcurrentExecutions" not in synthesis.the("AWS::Lambda::Function", FUNCTION)
    provisioned = full_synthesis.the("AWS::Lambda::Alias")["ProvisionedConcurrencyConfig"]
    assert provisioned == {"ProvisionedConcurrentExecutions": 2}
    assert full_synthesis.the("AWS::Lambda::Function", FUNCTION)["ReservedConcurrentExecutions"] == 50
    assert "AWS::CodeDeploy::DeploymentGroup" not in full_synthesis.types()


def test_the_image_is_hashed_from_the_service_and_its_models_alone(synthesis: Synthesis) -> None:
    [image] = [path for path in synthesis.folder.iterdir() if path.name.startswith("asset.")]
    assert {path.name for path in image.iterdir()} == {".dockerignore", "lambda_fn", "model_bundle", "models"}
    staged = {str(path.relative_to(image)) for path in image.rglob("*") if path.is_file()}
    assert "lambda_fn/Dockerfile" in staged
    assert not [path for path in staged if "__pycache__" in path or path.endswith(".pyc")]
    assert all((ROOT / path).is_file() for path in staged)


def test_every_log_group_ends_with_the_stack_and_forgets(synthesis: Synthesis) -> None:
    groups = [part for part in synthesis.resources.values() if part["Type"] == "AWS::Logs::LogGroup"]
    assert len(groups) == 5
    for group in groups:
        assert group["DeletionPolicy"] == "Delete"
        assert group["Properties"]["RetentionInDays"] == 30


def test_the_images_hash_depends_on_nothing_but_what_is_inside(synthesis: Synthesis, full_synthesis: Synthesis) -> None:
    def images(found: Synthesis) -> list[str]:
        return [path.name for path in found.folder.iterdir() if path.name.startswith("asset.")]

    assert images(synthesis) == images(full_synthesis)


def test_a_request_ends_before_lambda_ends_the_function(synthesis: Synthesis) -> None:
    for function in synthesis.of_type("AWS::Lambda::Function").values():
        limit = float(function["Environment"]["Variables"]["VALENCE_RESPONSE_TIMEOUT_SECONDS"])
        assert limit == function["Timeout"] - 1


def test_each_deployment_has_figures_of_its_own(synthesis: Synthesis, full_synthesis: Synthesis) -> None:
    for found, name in ((synthesis, "Valence"), (full_synthesis, "Valence-dev")):
        functions = found.of_type("AWS::Lambda::Function").values()
        assert {function["Environment"]["Variables"]["VALENCE_DEPLOYMENT"] for function in functions} == {name}
