"""Adapts API Gateway events (REST v1 and HTTP v2) to the application."""

import os
from collections.abc import Callable
from typing import Any

from mangum import Mangum
from mangum.adapter import DEFAULT_TEXT_MIME_TYPES

from lambda_fn.application import create_application
from lambda_fn.http.problems import MEDIA_TYPE
from lambda_fn.observability.cold_start import started_ahead
from lambda_fn.observability.emf import configure_metrics
from lambda_fn.observability.request_log import configure_logging
from lambda_fn.observability.tracing import TRACER
from lambda_fn.settings import read_settings
from model_bundle.catalog import Catalog

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def create_handler() -> Handler:
    """Return the handler. Reads the settings and the models, once for each Lambda environment."""
    # For one text at a time the tokenizer's own threads gain nothing.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    settings = read_settings()
    configure_logging(settings.log_level)
    configure_metrics(settings.deployment, lean=settings.lean_metrics)
    catalog = Catalog(settings.models, settings.threads)
    if started_ahead():
        catalog.warm_up()
    application = create_application(settings, catalog)
    # Mangum sends every other media type in base64.
    gateway = Mangum(application, lifespan="off", text_mime_types=[*DEFAULT_TEXT_MIME_TYPES, MEDIA_TYPE])

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        response: dict[str, Any] = gateway(event, context)
        return response

    traced: Handler = TRACER.capture_lambda_handler(handler, capture_response=False, capture_error=False)
    return traced
