"""What API Gateway writes down of each request: who, what and how long, but no query string, body or key."""

import json
from typing import Final

from aws_cdk import aws_apigateway as apigateway

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
"""Each line's fields. `key_id` names a key and is not the key; `route` is the template, never what was asked for."""


def access_log_format() -> apigateway.AccessLogFormat:
    """Return the format: one JSON object a line."""
    return apigateway.AccessLogFormat.custom(json.dumps(FIELDS))
