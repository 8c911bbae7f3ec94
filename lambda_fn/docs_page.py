"""A page that shows the API's own description. It needs nothing from the network, unlike FastAPI's."""

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, RedirectResponse

PAGE = Path(__file__).with_name("docs_page.html")


def docs_routes() -> APIRouter:
    """Return the page's routes. Their addresses are relative, so that they also work below a stage such as /prod."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def home() -> RedirectResponse:
        return RedirectResponse("docs")

    @router.get("/docs")
    async def docs() -> FileResponse:
        return FileResponse(PAGE, media_type="text/html")

    return router
