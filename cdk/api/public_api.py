"""The public API: its routes, keys, throttling and access log."""

import json
from typing import Final

from aws_cdk import Acknowledgment, RemovalPolicy, Stack, Validations
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk.api.gateway_problems import install_problems
from cdk.api.routes import KEYLESS, KEYLESS_BURST, KEYLESS_REQUESTS_PER_SECOND, ROUTES
from cdk.compute.log import Log
from cdk.settings import DeploymentSettings

FIELDS: Final = {
    "request_id": "$context.requestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "response_bytes": "$context.responseLength",
    "latency_ms": "$context.responseLatency",
    "integration_latency_ms": "$context.integrationLatency",
    "integration_status": "$context.integration.status",
    "refusal": "$context.error.responseType",
    "key_id": "$context.identity.apiKeyId",
    "address": "$context.identity.sourceIp",
    "user_agent": "$context.identity.userAgent",
    "trace": "$context.xrayTraceId",
}
"""Each line's fields. `key_id` identifies a key and is not the key; `route` is the template, not the requested path."""


def access_log_format() -> apigateway.AccessLogFormat:
    """Return the format: one JSON object a line."""
    return apigateway.AccessLogFormat.custom(json.dumps(FIELDS))


_API_KEYS = "Callers are identified by API key, with a usage plan each; the service has no users to sign in."
_VALIDATION = "The function checks every request strictly and says which field is wrong; API Gateway's check can't."
_NO_WAF = "The firewall is optional because of its price: `valence:waf`."
_KEYLESS_THROTTLE: Final = apigateway.MethodDeploymentOptions(
    throttling_rate_limit=KEYLESS_REQUESTS_PER_SECOND, throttling_burst_limit=KEYLESS_BURST
)


class PublicApi(Construct):
    """A regional REST API in front of the function's alias.

    Every route but the documentation wants a key, and every key has a usage plan.
    """

    def __init__(self, scope: Construct, name: str, *, backend: lambda_.Alias, settings: DeploymentSettings) -> None:
        super().__init__(scope, name)
        self._settings = settings
        self.access_log = Log(self, "AccessLog", days=settings.log_days)
        self.api = self._rest_api()
        self._own_execution_log()
        self._add_routes(apigateway.LambdaIntegration(backend, proxy=True, allow_test_invoke=False))
        install_problems(self, self.api, settings.cors_origin)
        self.key = self._first_key()
        self._acknowledge()

    @property
    def stage(self) -> apigateway.Stage:
        """The one stage that is deployed."""
        return self.api.deployment_stage

    def _rest_api(self) -> apigateway.RestApi:
        return apigateway.RestApi(
            self,
            "Api",
            rest_api_name=Stack.of(self).stack_name,
            description="Sentiment over HTTP. See /docs.",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            api_key_source_type=apigateway.ApiKeySourceType.HEADER,
            disable_execute_api_endpoint=self._settings.custom_domain is not None,
            # The role is the account's, for every API in the region: taking it away would stop their logs as well.
            cloud_watch_role=self._settings.gateway_log_role,
            cloud_watch_role_removal_policy=RemovalPolicy.RETAIN if self._settings.gateway_log_role else None,
            default_cors_preflight_options=self._cors(),
            default_method_options=apigateway.MethodOptions(api_key_required=True),
            deploy_options=self._stage_options(),
        )

    def _stage_options(self) -> apigateway.StageOptions:
        return apigateway.StageOptions(
            stage_name=self._settings.stage_name,
            throttling_rate_limit=self._settings.requests_per_second,
            throttling_burst_limit=self._settings.burst,
            access_log_destination=apigateway.LogGroupLogDestination(self.access_log),
            access_log_format=access_log_format(),
            logging_level=apigateway.MethodLoggingLevel.ERROR,
            data_trace_enabled=False,
            tracing_enabled=True,
            # Nobody is known by a key there, so those routes get little of what all share.
            method_options={f"{path}/GET": _KEYLESS_THROTTLE for path in KEYLESS},
        )

    def _cors(self) -> apigateway.CorsOptions | None:
        if self._settings.cors_origin is None:
            return None
        return apigateway.CorsOptions(
            allow_origins=[self._settings.cors_origin],
            allow_methods=["GET", "POST"],
            allow_headers=["Content-Type", "X-Api-Key", "X-Request-ID"],
        )

    def _own_execution_log(self) -> None:
        """Own the log group that API Gateway would otherwise make: for ever, and left behind by the stack."""
        name = f"API-Gateway-Execution-Logs_{self.api.rest_api_id}/{self._settings.stage_name}"
        log = Log(self, "ExecutionLog", days=self._settings.log_days, log_group_name=name)
        self.stage.node.add_dependency(log)

    def _add_routes(self, integration: apigateway.LambdaIntegration) -> None:
        for method, path in ROUTES:
            keyless = path in KEYLESS
            self.api.root.resource_for_path(path).add_method(method, integration, api_key_required=not keyless)

    def _first_key(self) -> apigateway.IApiKey:
        settings = self._settings
        plan = self.api.add_usage_plan(
            "UsagePlan",
            description="The first key's plan. Give each client a key, and a plan where it needs other limits.",
            api_stages=[apigateway.UsagePlanPerApiStage(api=self.api, stage=self.stage)],
            throttle=apigateway.ThrottleSettings(rate_limit=settings.requests_per_second, burst_limit=settings.burst),
            quota=apigateway.QuotaSettings(limit=settings.monthly_quota, period=apigateway.Period.MONTH),
        )
        key = self.api.add_api_key("Key", description="Valence's first API key")
        plan.add_api_key(key)
        return key

    def _acknowledge(self) -> None:
        reasons = {
            "AwsSolutions-APIG2": _VALIDATION,
            "AwsSolutions-APIG4": _API_KEYS,
            "AwsSolutions-COG4": _API_KEYS,
            "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
            "AmazonAPIGatewayPushToCloudWatchLogs]": "AWS's policy for just this; only API Gateway assumes the role.",
        }
        if not self._settings.waf:
            reasons["AwsSolutions-APIG3"] = _NO_WAF
        for rule, reason in reasons.items():
            Validations.of(self).acknowledge(Acknowledgment(id=f"AwsSolutions::{rule}", reason=reason))
