"""Puts the application together."""

from typing import Final

from fastapi import FastAPI
from starlette.middleware import Middleware

from lambda_fn.body_limit import BodyLimit
from lambda_fn.docs_page import docs_routes
from lambda_fn.prediction_service import PredictionService
from lambda_fn.problems import install_handlers
from lambda_fn.request_log import RequestLog
from lambda_fn.routes import catalog_routes, prediction_routes
from lambda_fn.settings import Settings
from model_bundle.catalog import Catalog

VERSION: Final = "0.1.0"
DESCRIPTION: Final = (
    "Sentiment of reviews, from their text, genre and year: whatever of it you have. "
    "Errors are RFC 9457 problems with a stable `code`; every answer has the header `X-Request-ID`."
)


def create_application(settings: Settings, catalog: Catalog) -> FastAPI:
    """Return the ASGI application that serves the models of `catalog`."""
    application = FastAPI(
        title="Valence",
        version=VERSION,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # a redirect would lose the stage that API Gateway puts before the path
        strict_content_type=False,
        middleware=[Middleware(RequestLog), Middleware(BodyLimit, settings.max_body_bytes)],
    )
    install_handlers(application)
    application.include_router(prediction_routes(PredictionService(settings, catalog)))
    application.include_router(catalog_routes(catalog))
    application.include_router(docs_routes())
    return application
