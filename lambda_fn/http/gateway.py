"""Adapts API Gateway events (REST v1 and HTTP v2) to the application."""

import os
from collections.abc import Callable
from typing import Any

from mangum import Mangum
from mangum.adapter import DEFAULT_TEXT_MIME_TYPES

from lambda_fn.application import create_application
from lambda_fn.http.problems import MEDIA_TYPE
from lambda_fn.inference.warm_up import warm_up
from lambda_fn.media.bucket_source import CALLER
from lambda_fn.observability.emf import configure_metrics
from lambda_fn.observability.request_log import configure_logging
from lambda_fn.observability.request_record import started_ahead
from lambda_fn.observability.tracing import TRACER
from lambda_fn.settings import read_settings
from model_bundle.catalog import Catalog

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def create_handler() -> Handler:
    """Return the handler. Reads the settings and the models, once for each Lambda environment.

    An event that is not HTTP gets the names of the models: enough for a warmer, and for a first try by hand.
    """
    # For one text at a time the tokenizer's own threads gain nothing.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    settings = read_settings()
    configure_logging(settings.log_level)
    configure_metrics(settings.deployment, lean=settings.lean_metrics)
    catalog = Catalog(settings.models, settings.threads)
    if started_ahead():
        warm_up(catalog)
    application = create_application(settings, catalog)
    # Mangum sends every other media type in base64.
    gateway = Mangum(application, lifespan="off", text_mime_types=[*DEFAULT_TEXT_MIME_TYPES, MEDIA_TYPE])

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        if not _is_http(event):
            return {"status": "ok", "models": list(catalog.specs)}
        CALLER.set(_key_id(event))
        response: dict[str, Any] = gateway(event, context)
        return response

    traced: Handler = TRACER.capture_lambda_handler(handler, capture_response=False, capture_error=False)
    return traced


def _is_http(event: Any) -> bool:
    """Whether an event is a request. Warmers, schedules and people who try the function send others."""
    return isinstance(event, dict) and "requestContext" in event


def _key_id(event: dict[str, Any]) -> str | None:
    """Return the id of the API key that API Gateway has checked."""
    found = ((event.get("requestContext") or {}).get("identity") or {}).get("apiKeyId")
    return found if isinstance(found, str) and found else None
