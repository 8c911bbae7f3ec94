"""The API's own description (OpenAPI), which FastAPI reads off the operations' functions.

Only who asks for the description pays for FastAPI: its import takes as long as a cold start without it.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from starlette.responses import FileResponse, JSONResponse, RedirectResponse

from lambda_fn.http.router import Operation, OperationList

PAGE = Path(__file__).with_name("docs_page.html")


def docs_routes(described: Sequence[Operation]) -> OperationList:
    """Return the page's routes. Their addresses are relative, so that they also work below a stage such as /prod."""
    routes = OperationList(described=False)

    @cache
    def description() -> dict[str, Any]:
        from lambda_fn.http.openapi import describe  # it imports FastAPI, which a prediction can do without

        return describe(described)

    @routes.get("/")
    async def home() -> RedirectResponse:
        return RedirectResponse("docs")

    @routes.get("/docs")
    async def docs() -> FileResponse:
        return FileResponse(PAGE, media_type="text/html")

    @routes.get("/openapi.json")
    def openapi() -> JSONResponse:
        return JSONResponse(description())

    return routes


VERSION: Final = "0.1.0"
DESCRIPTION: Final = (
    "Sentiment of reviews, from their text, genre and year, and of posts, from text and picture: whatever of it you "
    "have. "
    "Errors are RFC 9457 problems with a stable `code`; every answer has the header `X-Request-ID`."
)


def describe(operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the OpenAPI document of the operations that are to be described."""
    api = FastAPI(title="Valence", version=VERSION, description=DESCRIPTION)
    for operation in operations:
        if operation.described:
            _add(api, operation)
    return api.openapi()


def _add(api: FastAPI, operation: Operation) -> None:
    api.add_api_route(
        operation.path,
        operation.endpoint,
        methods=[operation.method],
        tags=list(operation.tags),
        responses=dict(operation.problems),
    )
