"""Routes whose body is JSON, and nothing that merely resembles it."""

from collections.abc import Callable, Coroutine
from email.message import Message
from typing import Any

from fastapi.routing import APIRoute
from pydantic_core import from_json
from starlette.requests import Request
from starlette.responses import Response

from lambda_fn.errors import InvalidJsonError, UnsupportedMediaTypeError


class JsonRequest(Request):
    """A request whose body has been read and parsed."""

    _parsed: Any = None

    @classmethod
    async def read(cls, request: Request) -> "JsonRequest":
        """Read and parse the body; InvalidJsonError or UnsupportedMediaTypeError where it isn't JSON."""
        check_media_type(request.headers.get("content-type"))
        parsed = cls(request.scope, request.receive)
        parsed._parsed = parse_json(await parsed.body())
        return parsed

    async def json(self) -> Any:
        """Return the parsed body."""
        return self._parsed


class JsonRoute(APIRoute):
    """A route that reads its body as strict JSON before FastAPI, whose own parser takes NaN and UTF-16, sees it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler."""
        handle = super().get_route_handler()

        async def handle_json(request: Request) -> Response:
            return await handle(await JsonRequest.read(request))

        return handle_json


def parse_json(body: bytes) -> Any:
    """Parse RFC 8259 JSON: UTF-8, no NaN, no lone surrogates, nested at most 200 deep; else InvalidJsonError."""
    if not body:
        raise InvalidJsonError("The body is empty. Send a JSON object.")
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise InvalidJsonError(f"The body can't be read as JSON: {error}.") from None


def check_media_type(content_type: str | None) -> None:
    """UnsupportedMediaTypeError where a content type is given and isn't JSON."""
    if content_type is None:
        return
    message = Message()
    message["content-type"] = content_type
    media_type = message.get_content_type()
    if media_type != "application/json" and not (
        media_type.startswith("application/") and media_type.endswith("+json")
    ):
        raise UnsupportedMediaTypeError("Send the body as JSON, with the header `Content-Type: application/json`.")
