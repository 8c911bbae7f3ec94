"""What API Gateway itself answers when a request never reaches the function, in the shape of our problems."""

import json
from dataclasses import dataclass
from typing import Final

from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

MEDIA_TYPE: Final = "application/problem+json"
_TYPES: Final = apigateway.ResponseType


@dataclass(frozen=True, slots=True)
class GatewayProblem:
    """One problem: the same members as those that the function answers with."""

    status: int
    code: str
    title: str
    detail: str
    retry_after_seconds: int | None = None

    def body(self) -> str:
        """Return the response template. API Gateway puts the request's id in."""
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
        """Return the response's headers, as API Gateway writes constants and variables."""
        headers = {"Content-Type": f"'{MEDIA_TYPE}'", "X-Request-ID": "context.requestId"}
        if self.retry_after_seconds is not None:
            headers["Retry-After"] = f"'{self.retry_after_seconds}'"
        return headers


_FORBIDDEN: Final = GatewayProblem(403, "forbidden", "The request is not allowed", "Access is denied.")
_NOT_FOUND: Final = GatewayProblem(
    404, "not_found", "There is no such route", "No route has this path and method. The routes are listed at /docs."
)
_INTERNAL: Final = GatewayProblem(
    500,
    "internal_error",
    "Something went wrong on our side",
    "The service failed to answer. Try again; if it persists, report the request id.",
)
_UNREACHABLE: Final = GatewayProblem(
    502, "bad_gateway", "The service could not be reached", "Try again; if it persists, report the request id."
)
_BAD_REQUEST: Final = GatewayProblem(
    400, "bad_request", "The request can't be read", "Check the path, the headers and the body."
)

PROBLEMS: Final[dict[apigateway.ResponseType, GatewayProblem]] = {
    _TYPES.INVALID_API_KEY: GatewayProblem(
        403, "invalid_api_key", "The API key is missing or unknown", "Send a valid key in the header x-api-key."
    ),
    _TYPES.THROTTLED: GatewayProblem(
        429, "too_many_requests", "Too many requests at once", "Wait a second, then send fewer at a time.", 1
    ),
    _TYPES.QUOTA_EXCEEDED: GatewayProblem(
        429, "quota_exceeded", "The key's quota is used up", "The quota starts anew with the next month."
    ),
    _TYPES.REQUEST_TOO_LARGE: GatewayProblem(
        413, "body_too_large", "The body is too large", "API Gateway takes at most 10 MB, and the service less."
    ),
    _TYPES.UNSUPPORTED_MEDIA_TYPE: GatewayProblem(
        415,
        "unsupported_media_type",
        "The body is not said to be JSON",
        "Say Content-Type: application/json.",
    ),
    _TYPES.BAD_REQUEST_BODY: _BAD_REQUEST,
    _TYPES.BAD_REQUEST_PARAMETERS: _BAD_REQUEST,
    _TYPES.MISSING_AUTHENTICATION_TOKEN: _NOT_FOUND,  # API Gateway's name for a path or method that it doesn't know
    _TYPES.RESOURCE_NOT_FOUND: _NOT_FOUND,
    _TYPES.ACCESS_DENIED: _FORBIDDEN,
    _TYPES.UNAUTHORIZED: _FORBIDDEN,
    _TYPES.EXPIRED_TOKEN: _FORBIDDEN,
    _TYPES.INVALID_SIGNATURE: _FORBIDDEN,
    _TYPES.WAF_FILTERED: GatewayProblem(403, "blocked", "The request was blocked", "It looked like an attack."),
    _TYPES.INTEGRATION_FAILURE: _UNREACHABLE,
    _TYPES.INTEGRATION_TIMEOUT: GatewayProblem(
        504, "timeout", "The answer took too long", "Send less in one request: a shorter text, or fewer items."
    ),
    _TYPES.API_CONFIGURATION_ERROR: _INTERNAL,
    _TYPES.AUTHORIZER_CONFIGURATION_ERROR: _INTERNAL,
    _TYPES.AUTHORIZER_FAILURE: _INTERNAL,
    _TYPES.DEFAULT_4_XX: _BAD_REQUEST,
    _TYPES.DEFAULT_5_XX: _INTERNAL,
}
"""Every type of response that API Gateway makes by itself."""


def install_problems(scope: Construct, api: apigateway.IRestApi, cors_origin: str | None) -> None:
    """Give the API our problems for everything that it answers by itself."""
    shared = {} if cors_origin is None else {"Access-Control-Allow-Origin": f"'{cors_origin}'"}
    for kind, problem in PROBLEMS.items():
        apigateway.GatewayResponse(
            scope,
            kind.response_type,
            rest_api=api,
            type=kind,
            status_code=str(problem.status),
            response_headers={**problem.headers(), **shared},
            # The key only chooses the template; the header above says what the answer is.
            templates={"application/json": problem.body()},
        )
