"""The routes that are open to the world. Whatever isn't named here can't be reached through the API."""

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
