"""One route: a coroutine function with types, and the HTTP around it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, TypeVar, get_type_hints

from pydantic import BaseModel
from pydantic_core import from_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lambda_fn.errors import InvalidJsonError, UnsupportedMediaTypeError
from lambda_fn.http.problems import validated

Endpoint = Callable[..., Awaitable[Any]]
"""Takes `body`, a pydantic model, and `request`, or less; returns a pydantic model or a whole response. It runs on the
event loop, so what takes long belongs on a thread of its own."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What answers one method on one path."""

    method: str
    path: str
    endpoint: Endpoint
    tags: tuple[str, ...] = ()
    problems: Mapping[int | str, Any] = field(default_factory=dict)
    """The problems it may answer with, as OpenAPI describes them."""
    described: bool = True
    """Whether the API's description has it."""

    def route(self) -> Route:
        """Return the route that serves it."""
        hints = get_type_hints(self.endpoint)
        model = hints.get("body")
        takes_request = "request" in hints

        async def respond(request: Request) -> Response:
            arguments: dict[str, Any] = {"request": request} if takes_request else {}
            if model is not None:
                arguments["body"] = validated(model, await read_json(request))
            return _response(await self.endpoint(**arguments))

        route = Route(self.path, respond, methods=[self.method])
        route.methods = {self.method}  # Starlette adds HEAD to GET
        return route


def _response(answer: BaseModel | Response) -> Response:
    if isinstance(answer, Response):
        return answer
    return Response(answer.model_dump_json(exclude_none=True), media_type="application/json")


E = TypeVar("E", bound=Endpoint)


class OperationList(list[Operation]):
    """Operations below one prefix, with the same tags."""

    def __init__(self, prefix: str = "", tags: tuple[str, ...] = (), described: bool = True) -> None:
        super().__init__()
        self._prefix = prefix
        self._tags = tags
        self._described = described

    def get(self, path: str, problems: Mapping[int | str, Any] | None = None) -> Callable[[E], E]:
        """Decorate the function that answers GET on a path."""
        return self._adding("GET", path, problems or {})

    def post(self, path: str, problems: Mapping[int | str, Any]) -> Callable[[E], E]:
        """Decorate the function that answers POST on a path; its `body` is what the request must hold."""
        return self._adding("POST", path, problems)

    def _adding(self, method: str, path: str, problems: Mapping[int | str, Any]) -> Callable[[E], E]:
        def add(endpoint: E) -> E:
            self.append(Operation(method, self._prefix + path, endpoint, self._tags, problems, self._described))
            return endpoint

        return add


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
