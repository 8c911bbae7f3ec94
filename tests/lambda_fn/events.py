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


def http_event(method: str, path: str, body: str | None = None, stage: str = "$default", **more: Any) -> dict[str, Any]:
    """An event of an HTTP API (v2)."""
    event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "abc.execute-api.eu-west-1.amazonaws.com", "content-type": "application/json"},
        "requestContext": {
            "requestId": "gateway-request-id",
            "stage": stage,
            "http": {"method": method, "path": path, "sourceIp": "127.0.0.1", "protocol": "HTTP/1.1"},
        },
        "isBase64Encoded": False,
        **more,
    }
    return event if body is None else {**event, "body": body}
