"""Events as API Gateway sends them."""

from typing import Any


def rest_event(method: str, path: str, body: str | None = None, **more: Any) -> dict[str, Any]:
    """An event of a REST API (v1)."""
    headers = {"Host": "abc.execute-api.eu-west-1.amazonaws.com", "Content-Type": "application/json"}
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": path.removeprefix("/")},
        "requestContext": {"requestId": "gateway-request-id", "identity": {"sourceIp": "127.0.0.1"}, "stage": "prod"},
        "body": body,
        "isBase64Encoded": False,
        **more,
    }
