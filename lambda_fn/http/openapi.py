"""The API's description (OpenAPI), which FastAPI reads off the operations' functions, and the page that shows it.

FastAPI is imported when somebody asks for the description: it takes as long as a cold start without it.
"""

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse

from lambda_fn.http.router import Operation, OperationList

if TYPE_CHECKING:
    from fastapi import FastAPI

PAGE: Final = Path(__file__).with_name("docs_page.html")


def docs_routes(described: Sequence[Operation]) -> OperationList:
    """Return the page's routes. Their addresses are relative, so that they also work below a stage such as /prod."""
    routes = OperationList(described=False)
    thread = ThreadPoolExecutor(1, "openapi")  # describing takes half a second, once

    @cache
    def description() -> dict[str, Any]:
        return describe(described)

    @routes.get("/")
    async def home() -> RedirectResponse:
        return RedirectResponse("docs")

    @routes.get("/docs")
    async def docs() -> HTMLResponse:
        return HTMLResponse(PAGE.read_text(encoding="utf-8"))

    @routes.get("/openapi.json")
    async def openapi() -> JSONResponse:
        return JSONResponse(await asyncio.get_running_loop().run_in_executor(thread, description))

    return routes


VERSION: Final = "0.1.0"
DESCRIPTION: Final = (
    "Sentiment of reviews, from their text, genre and year, and of posts, from text and picture: whatever of it you "
    "have. "
    "Errors are RFC 9457 problems with a stable `code`; every answer has the header `X-Request-ID`."
)


def describe(operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the OpenAPI document of the operations that are to be described."""
    from fastapi import FastAPI

    api = FastAPI(title="Valence", version=VERSION, description=DESCRIPTION)
    for operation in operations:
        if operation.described:
            _add(api, operation)
    return api.openapi()


def _add(api: "FastAPI", operation: Operation) -> None:
    api.add_api_route(
        operation.path,
        operation.endpoint,
        methods=[operation.method],
        tags=list(operation.tags),
        responses=dict(operation.problems),
    )
