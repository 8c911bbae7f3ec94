"""The public routes. A route that isn't listed here can't be reached through the API."""

from typing import Final

ROUTES: Final = (
    ("GET", "/healthz"),
    ("GET", "/docs"),
    ("GET", "/openapi.json"),
    ("GET", "/v1/models"),
    ("POST", "/v1/predict"),
    ("POST", "/v1/predict/batch"),
)
"""Method and path. `/ping`, `/execution-parameters` and `/invocations` are SageMaker's and stay inside."""

KEYLESS: Final = ("/docs", "/openapi.json")
"""Paths that need no key: a browser sends none when it opens a page. The page's own calls take one in a field."""
KEYLESS_REQUESTS_PER_SECOND: Final = 1
KEYLESS_BURST: Final = 5
