"""Bodies that are JSON, and nothing that merely resembles it."""

from email.message import Message
from typing import Any

from pydantic_core import from_json
from starlette.requests import Request

from lambda_fn.errors import InvalidJsonError, UnsupportedMediaTypeError


async def read_json(request: Request) -> Any:
    """Read and parse a request's body; InvalidJsonError or UnsupportedMediaTypeError where it isn't JSON."""
    check_media_type(request.headers.get("content-type"))
    return parse_json(await request.body())


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
