"""The API's description, and a page that shows it. It needs nothing from the network, unlike FastAPI's."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from starlette.responses import FileResponse, JSONResponse, RedirectResponse

from lambda_fn.operation import Operation
from lambda_fn.operation_list import OperationList

PAGE = Path(__file__).with_name("docs_page.html")


def docs_routes(described: Sequence[Operation]) -> OperationList:
    """Return the page's routes. Their addresses are relative, so that they also work below a stage such as /prod."""
    routes = OperationList(described=False)

    @cache
    def description() -> dict[str, Any]:
        from lambda_fn.description import describe  # it imports FastAPI, which a prediction can do without

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
