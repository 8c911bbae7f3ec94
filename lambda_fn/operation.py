"""One route: a plain function with types, and the HTTP around it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import iscoroutinefunction
from typing import Any, get_type_hints

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lambda_fn.json_body import read_json
from lambda_fn.problems import validated

Endpoint = Callable[..., Any]
"""Takes `body`, a pydantic model, and `request`, or less; returns a pydantic model or a whole response."""


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
            return _response(await _called(self.endpoint, arguments))

        route = Route(self.path, respond, methods=[self.method])
        route.methods = {self.method}  # Starlette adds HEAD to GET
        return route


async def _called(endpoint: Endpoint, arguments: dict[str, Any]) -> Any:
    # A plain function may compute for long: on a thread of its own it holds up nobody.
    if iscoroutinefunction(endpoint):
        return await endpoint(**arguments)
    return await asyncio.to_thread(endpoint, **arguments)


def _response(answer: BaseModel | Response) -> Response:
    if isinstance(answer, Response):
        return answer
    return Response(answer.model_dump_json(exclude_none=True), media_type="application/json")
