"""Builds the ASGI application."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from lambda_fn.http.limits import BodyLimit, ResponseDeadline
from lambda_fn.http.openapi import docs_routes
from lambda_fn.http.problems import HANDLERS
from lambda_fn.http.router import Paths
from lambda_fn.http.routes import catalog_routes, prediction_routes
from lambda_fn.http.sagemaker import sagemaker_routes
from lambda_fn.inference.prediction_service import PredictionService
from lambda_fn.observability.request_log import RequestLog
from lambda_fn.observability.request_record import HEADER, ColdStart
from lambda_fn.settings import Settings
from model_bundle.catalog import Catalog


def create_application(settings: Settings, catalog: Catalog) -> Starlette:
    """Return the application that serves the models of `catalog`."""
    service = PredictionService(settings, catalog)
    sagemaker = sagemaker_routes(service, catalog, settings)
    operations = [*prediction_routes(service), *catalog_routes(catalog), *sagemaker]
    served = [*operations, *docs_routes(operations)]
    application = Starlette(
        routes=[operation.route() for operation in served],
        middleware=[
            *_cors(settings.cors_origin),
            Middleware(RequestLog, ColdStart()),
            Middleware(ResponseDeadline, settings.response_timeout_seconds),
            Middleware(Paths, {operation.path for operation in served}, settings.base_path),
            Middleware(BodyLimit, settings),
        ],
        exception_handlers=HANDLERS,
    )
    application.router.redirect_slashes = False  # a redirect would lose the stage that API Gateway puts before the path
    return application


def _cors(origin: str | None) -> list[Middleware]:
    """Allow the scripts of one page, if there is one. Outermost, so that they can read problems too."""
    if origin is None:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=[origin],
            allow_methods=["GET", "HEAD", "POST"],
            allow_headers=["content-type", "x-api-key", HEADER],
            expose_headers=[HEADER],
        )
    ]
