"""API Gateway's own error responses, in the shape of our problems."""

import json
from dataclasses import dataclass
from typing import Final

from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

MEDIA_TYPE: Final = "application/problem+json"
_TYPES: Final = apigateway.ResponseType


@dataclass(frozen=True, slots=True)
class GatewayProblem:
    """One problem, with the same members as the function's own."""

    status: int
    code: str
    title: str
    detail: str
    retry_after_seconds: int | None = None

    def body(self) -> str:
        """Return the response template. API Gateway fills in the request id."""
        members = {
            "type": f"urn:problem-type:valence:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "request_id": "$context.requestId",
        }
        return json.dumps(members, separators=(",", ":"))

    def headers(self) -> dict[str, str]:
        """Return the response's headers, in API Gateway's notation for constants and variables."""
        headers = {"Content-Type": f"'{MEDIA_TYPE}'", "X-Request-ID": "context.requestId"}
        if self.retry_after_seconds is not None:
            headers["Retry-After"] = f"'{self.retry_after_seconds}'"
        return headers


_FORBIDDEN: Final = GatewayProblem(403, "forbidden", "The request is not allowed", "Access is denied.")
_NOT_FOUND: Final = GatewayProblem(
    404, "not_found", "Route not found", "No route has this path and method. The routes are listed at /docs."
)
_INTERNAL: Final = GatewayProblem(
    500,
    "internal_error",
    "Internal error",
    "The service failed. Try again; if it keeps failing, report the request id.",
)
_UNREACHABLE: Final = GatewayProblem(
    502, "bad_gateway", "The service could not be reached", "Try again; if it keeps failing, report the request id."
)
_BAD_REQUEST: Final = GatewayProblem(
    400, "bad_request", "The request can't be read", "Check the path, the headers and the body."
)

PROBLEMS: Final[dict[apigateway.ResponseType, GatewayProblem]] = {
    _TYPES.INVALID_API_KEY: GatewayProblem(
        403, "invalid_api_key", "The API key is missing or unknown", "Send a valid key in the header x-api-key."
    ),
    _TYPES.THROTTLED: GatewayProblem(
        429, "too_many_requests", "Too many requests at once", "Wait a second, then send fewer requests at a time.", 1
    ),
    _TYPES.QUOTA_EXCEEDED: GatewayProblem(
        429,
        "quota_exceeded",
        "The key's quota is used up",
        "It is renewed each month. The operator can raise it.",
    ),
    _TYPES.REQUEST_TOO_LARGE: GatewayProblem(
        413,
        "body_too_large",
        "The body is too large",
        "Split it into several requests.",
    ),
    _TYPES.UNSUPPORTED_MEDIA_TYPE: GatewayProblem(
        415,
        "unsupported_media_type",
        "The body is not plain JSON",
        "Send the header Content-Type: application/json.",
    ),
    _TYPES.BAD_REQUEST_BODY: _BAD_REQUEST,
    _TYPES.BAD_REQUEST_PARAMETERS: _BAD_REQUEST,
    _TYPES.MISSING_AUTHENTICATION_TOKEN: _NOT_FOUND,  # API Gateway's name for a path or method that it doesn't know
    _TYPES.RESOURCE_NOT_FOUND: _NOT_FOUND,
    _TYPES.ACCESS_DENIED: _FORBIDDEN,
    _TYPES.UNAUTHORIZED: _FORBIDDEN,
    _TYPES.EXPIRED_TOKEN: _FORBIDDEN,
    _TYPES.INVALID_SIGNATURE: _FORBIDDEN,
    _TYPES.WAF_FILTERED: GatewayProblem(
        403,
        "blocked",
        "The firewall blocked the request",
        "It came from an address with too many requests in five minutes, or resembles an attack. Wait five minutes; if "
        "it goes on, report the request id.",
    ),
    _TYPES.INTEGRATION_FAILURE: _UNREACHABLE,
    _TYPES.INTEGRATION_TIMEOUT: GatewayProblem(
        504, "timeout", "The response took too long", "Send less in one request: a shorter text, or fewer items."
    ),
    _TYPES.API_CONFIGURATION_ERROR: _INTERNAL,
    _TYPES.AUTHORIZER_CONFIGURATION_ERROR: _INTERNAL,
    _TYPES.AUTHORIZER_FAILURE: _INTERNAL,
    _TYPES.DEFAULT_4_XX: _BAD_REQUEST,
    _TYPES.DEFAULT_5_XX: _INTERNAL,
}
"""Every type of error response that API Gateway makes by itself."""


def install_problems(scope: Construct, api: apigateway.IRestApi, cors_origin: str | None) -> None:
    """Replace the API's own error responses by our problems."""
    shared = {} if cors_origin is None else {"Access-Control-Allow-Origin": f"'{cors_origin}'"}
    for kind, problem in PROBLEMS.items():
        apigateway.GatewayResponse(
            scope,
            kind.response_type,
            rest_api=api,
            type=kind,
            status_code=str(problem.status),
            response_headers={**problem.headers(), **shared},
            # The key only selects the template; the header above is the response's media type.
            templates={"application/json": problem.body()},
        )
