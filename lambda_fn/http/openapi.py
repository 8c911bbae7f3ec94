"""The API's description (OpenAPI), which FastAPI reads off the operations' functions, and the page that shows it.

FastAPI is imported when somebody asks for the description: it takes as long as a cold start without it.
"""

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse

from lambda_fn.http.router import Operation, OperationList

if TYPE_CHECKING:
    from fastapi import FastAPI

PAGE: Final = Path(__file__).with_name("docs_page.html")


def docs_routes(described: Sequence[Operation]) -> OperationList:
    """Return the page's routes. They also work below a base path, such as the stage /prod."""
    routes = OperationList(described=False)
    thread = ThreadPoolExecutor(1, "openapi")  # describing takes half a second, once

    @cache
    def description() -> dict[str, Any]:
        return describe(described)

    @routes.get("/")
    async def home(request: Request) -> RedirectResponse:
        return RedirectResponse(f"{request.scope.get('root_path', '')}/docs")

    @routes.get("/docs")
    async def docs() -> HTMLResponse:
        return HTMLResponse(PAGE.read_text(encoding="utf-8"))

    @routes.get("/openapi.json")
    async def openapi(request: Request) -> JSONResponse:
        document = await asyncio.get_running_loop().run_in_executor(thread, description)
        return JSONResponse({**document, "servers": [{"url": request.scope.get("root_path") or "/"}]})

    return routes


VERSION: Final = "0.1.0"
SCHEME: Final = "ApiKey"
API_KEY: Final = {
    "type": "apiKey",
    "in": "header",
    "name": "x-api-key",
    "description": "A deployed service wants one for every route but this description and its page; a local one none.",
}
DESCRIPTION: Final = (
    "Sentiment of reviews (text, genre, year) and of posts (text, image). Every field is optional. "
    "Errors are RFC 9457 problems with a stable `code`; every response has the header `X-Request-ID`."
)


def describe(operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the OpenAPI document of the operations that are described."""
    from fastapi import FastAPI

    api = FastAPI(title="Valence", version=VERSION, description=DESCRIPTION)
    for operation in operations:
        if operation.described:
            _add(api, operation)
    document = api.openapi()
    document["components"]["securitySchemes"] = {SCHEME: API_KEY}
    document["security"] = [{SCHEME: []}, {}]
    for schema in document["components"]["schemas"].values():
        for field in schema.get("properties", {}).values():
            field.pop("default", None)  # generators for TypeScript would require the field
    return document


def _add(api: "FastAPI", operation: Operation) -> None:
    api.add_api_route(
        operation.path,
        operation.endpoint,
        methods=[operation.method],
        tags=list(operation.tags),
        responses=dict(operation.problems),
    )
