import json
from pathlib import Path

from starlette.routing import Route

from cdk.api.routes import KEYLESS, ROUTES
from lambda_fn.application import create_application
from lambda_fn.settings import Settings
from model_bundle.catalog import Catalog
from tests.cdk.synthesis import Synthesis

INSIDE = {("GET", "/"), ("GET", "/ping"), ("GET", "/execution-parameters"), ("POST", "/invocations")}


def test_every_route_of_the_service_is_open_but_those_of_sagemaker(models_folder: Path) -> None:
    application = create_application(Settings(models=models_folder), Catalog(models_folder, threads=1))
    served = {
        (method, route.path)
        for route in application.routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert served - INSIDE == set(ROUTES)
    assert served >= INSIDE


def test_every_route_goes_to_the_alias(synthesis: Synthesis) -> None:
    methods = synthesis.of_type("AWS::ApiGateway::Method").values()
    assert len(methods) == len(ROUTES)
    for method in methods:
        assert method["Integration"]["Type"] == "AWS_PROXY"
        assert "ModelAlias" in json.dumps(method["Integration"]["Uri"])


def test_every_route_wants_a_key_but_the_documentation_which_browsers_open(synthesis: Synthesis) -> None:
    paths = {name: part["PathPart"] for name, part in synthesis.of_type("AWS::ApiGateway::Resource").items()}
    methods = synthesis.of_type("AWS::ApiGateway::Method").values()
    keyless = {paths[part["ResourceId"]["Ref"]] for part in methods if not part["ApiKeyRequired"]}
    assert keyless == {path.removeprefix("/") for path in KEYLESS} == {"docs", "openapi.json"}


def test_routes_without_a_key_are_throttled_of_their_own(synthesis: Synthesis) -> None:
    settings = synthesis.the("AWS::ApiGateway::Stage")["MethodSettings"]
    limits = {part["ResourcePath"]: part["ThrottlingRateLimit"] for part in settings}
    assert limits == {"/*": 10, "/~1docs": 1, "/~1openapi.json": 1}


def test_the_stage_throttles_traces_and_writes_logs_without_bodies(synthesis: Synthesis) -> None:
    stage = synthesis.the("AWS::ApiGateway::Stage")
    [everything] = [part for part in stage["MethodSettings"] if part["ResourcePath"] == "/*"]
    assert (everything["HttpMethod"], everything["ResourcePath"]) == ("*", "/*")
    assert (everything["ThrottlingRateLimit"], everything["ThrottlingBurstLimit"]) == (10, 20)
    assert (everything["LoggingLevel"], everything["DataTraceEnabled"]) == ("ERROR", False)
    assert stage["TracingEnabled"] is True
    assert stage["StageName"] == "prod"


def test_the_access_log_is_json_without_keys_query_strings_or_paths_as_sent(synthesis: Synthesis) -> None:
    setting = synthesis.the("AWS::ApiGateway::Stage")["AccessLogSetting"]
    variables = json.loads(setting["Format"])
    assert variables["request_id"] == "$context.requestId"
    forbidden = ("$context.path", "apiKey}", "querystring", "header", "body", "authorizer")
    assert not [value for value in variables.values() if any(word in value for word in forbidden)]
    assert "$context.identity.apiKey" not in variables.values()
    assert set(json.dumps(setting["DestinationArn"]).split('"')) & set(synthesis.of_type("AWS::Logs::LogGroup"))


def test_the_execution_log_is_owned_before_api_gateway_makes_one(synthesis: Synthesis) -> None:
    [stage] = [part for part in synthesis.resources.values() if part["Type"] == "AWS::ApiGateway::Stage"]
    [log] = [name for name in synthesis.of_type("AWS::Logs::LogGroup") if name.startswith("PublicExecutionLog")]
    assert log in stage["DependsOn"]
    assert set(synthesis.of_type("AWS::ApiGateway::Account")) < set(stage["DependsOn"])
    name = synthesis.the("AWS::Logs::LogGroup", "PublicExecutionLog")["LogGroupName"]["Fn::Join"][1]
    assert (name[0], name[-1]) == ("API-Gateway-Execution-Logs_", "/prod")


def test_the_first_key_has_a_plan_with_a_rate_and_a_quota(synthesis: Synthesis) -> None:
    plan = synthesis.the("AWS::ApiGateway::UsagePlan")
    assert plan["Throttle"] == {"BurstLimit": 20, "RateLimit": 10}
    assert plan["Quota"] == {"Limit": 100_000, "Period": "MONTH"}
    member = synthesis.the("AWS::ApiGateway::UsagePlanKey")
    assert member["KeyId"]["Ref"] in synthesis.of_type("AWS::ApiGateway::ApiKey")
    assert member["UsagePlanId"]["Ref"] in synthesis.of_type("AWS::ApiGateway::UsagePlan")
    assert synthesis.the("AWS::ApiGateway::ApiKey")["Enabled"] is True


def test_no_key_is_in_the_template(synthesis: Synthesis) -> None:
    assert "Value" not in synthesis.the("AWS::ApiGateway::ApiKey")


def test_the_api_is_regional_and_browsers_are_kept_out(synthesis: Synthesis) -> None:
    api = synthesis.the("AWS::ApiGateway::RestApi")
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert api["DisableExecuteApiEndpoint"] is False
    assert "Access-Control" not in json.dumps(synthesis.template)
    assert "OPTIONS" not in {method["HttpMethod"] for method in synthesis.of_type("AWS::ApiGateway::Method").values()}


def test_one_origin_may_be_let_in(full_synthesis: Synthesis) -> None:
    methods = full_synthesis.of_type("AWS::ApiGateway::Method").values()
    preflights = [method for method in methods if method["HttpMethod"] == "OPTIONS"]
    assert len(preflights) == 1 + len({*(path for _, path in ROUTES), "/v1"})
    assert not any(method["ApiKeyRequired"] for method in preflights)
    for response in full_synthesis.of_type("AWS::ApiGateway::GatewayResponse").values():
        allowed = response["ResponseParameters"]["gatewayresponse.header.Access-Control-Allow-Origin"]
        assert allowed == "'https://example.com'"


def test_the_outputs_say_where_it_is_and_how_to_get_the_key(synthesis: Synthesis) -> None:
    outputs = synthesis.template["Outputs"]
    assert {"Url", "ApiKeyCommand", "AlarmTopic", "UploadsBucketName"} <= set(outputs)
    command = "".join(part for part in outputs["ApiKeyCommand"]["Value"]["Fn::Join"][1] if isinstance(part, str))
    assert command.startswith("aws apigateway get-api-key --api-key ")
