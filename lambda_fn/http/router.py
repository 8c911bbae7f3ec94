"""One route: a coroutine function with types, and the HTTP around it."""

import codecs
import json
import re
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, Final, TypeVar, get_type_hints
from urllib.parse import quote

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from lambda_fn.errors import InvalidJsonError, OverloadedError, UnsupportedMediaTypeError
from lambda_fn.http.problems import MAX_FIELD_NAME_CHARACTERS, shown, validated
from lambda_fn.inference.admission import Lane

Endpoint = Callable[..., Awaitable[Any]]
"""Takes `body`, a pydantic model, and `request`, or less; returns a pydantic model or a whole response. It runs on the
event loop, so what takes long belongs on a thread of its own."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path, and the function that handles it."""

    method: str
    path: str
    endpoint: Endpoint
    tags: tuple[str, ...] = ()
    problems: Mapping[int | str, Any] = field(default_factory=dict)
    """The problems it may respond with, as OpenAPI describes them."""
    described: bool = True
    """Whether the OpenAPI document includes it."""
    other_media_types: Mapping[str, Endpoint] = field(default_factory=dict)
    """What handles bodies that are declared as something other than JSON: each takes `request`."""
    lane: Lane | None = None
    """The lane whose room a request needs before its body is read and parsed; None if it needs none."""

    def route(self) -> Route:
        """Return the Starlette route."""
        hints = get_type_hints(self.endpoint)
        model = hints.get("body")
        takes_request = "request" in hints

        async def respond(request: Request) -> Response:
            other = self.other_media_types.get(media_type_of(request.headers.get("content-type")))
            if other is not None:
                return _response(await other(request))
            arguments: dict[str, Any] = {"request": request} if takes_request else {}
            try:
                if self.lane is not None:
                    self.lane.check_room()
                body = await read_body(request) if model is not None else b""
                # Counted only now: bodies that arrive slowly take nobody's place.
                with nullcontext() if self.lane is None else self.lane.admitted():
                    if model is not None:
                        arguments["body"] = validated(model, parse_json(body))
                    response = _response(await self.endpoint(**arguments))
            except OverloadedError:
                await _discard_body(request)
                raise
            if request.method == "HEAD":
                response.body = b""  # the header still has the length
            return response

        return Route(self.path, respond, methods=[self.method])  # GET brings HEAD with it


async def _discard_body(request: Request) -> None:
    """Read what is left of a body: a connection that is closed before resets, and its client sees no response."""
    with suppress(OverloadedError):
        async for _ in request.stream():
            pass


def _response(result: BaseModel | Response) -> Response:
    if isinstance(result, Response):
        return result
    return Response(result.model_dump_json(exclude_none=True), media_type="application/json")


E = TypeVar("E", bound=Endpoint)


class OperationList(list[Operation]):
    """Operations with a common prefix and tags."""

    def __init__(self, prefix: str = "", tags: tuple[str, ...] = (), described: bool = True) -> None:
        super().__init__()
        self._prefix = prefix
        self._tags = tags
        self._described = described

    def get(self, path: str, problems: Mapping[int | str, Any] | None = None) -> Callable[[E], E]:
        """Decorate the function that handles GET on a path."""
        return self._adding("GET", path, problems or {}, {}, None)

    def post(
        self,
        path: str,
        problems: Mapping[int | str, Any],
        lane: Lane | None = None,
        other_media_types: Mapping[str, Endpoint] | None = None,
    ) -> Callable[[E], E]:
        """Decorate the function that handles POST on a path; its `body` is the model of the request's body."""
        return self._adding("POST", path, problems, other_media_types or {}, lane)

    def _adding(
        self,
        method: str,
        path: str,
        problems: Mapping[int | str, Any],
        others: Mapping[str, Endpoint],
        lane: Lane | None,
    ) -> Callable[[E], E]:
        def add(endpoint: E) -> E:
            whole = self._prefix + path
            operation = Operation(method, whole, endpoint, self._tags, problems, self._described, others, lane)
            self.append(operation)
            return endpoint

        return add


async def read_body(request: Request) -> bytes:
    """Read a request's body; UnsupportedMediaTypeError if it is declared as something other than plain JSON."""
    check_media_type(request.headers.get("content-type"))
    check_encoding(request.headers.get("content-encoding"))
    return await request.body()


def parse_json(body: bytes) -> Any:
    """Parse RFC 8259 JSON, else InvalidJsonError.

    It is UTF-8, with or without a byte order mark, has no NaN and no name twice in an object, and is nested at most
    several hundred levels deep. Lone surrogates, which only escapes can spell, are left in strings.
    """
    if not body:
        raise InvalidJsonError("The body is empty. Send a JSON object.")
    try:
        return json.loads(_text_of(body), object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        reason = error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
        raise InvalidJsonError(
            f"The body is not JSON: {reason} at line {error.lineno}, column {error.colno}."
        ) from None
    except RecursionError:
        raise InvalidJsonError("The body is nested too deeply. Send the fields that the route takes.") from None
    except ValueError:
        raise InvalidJsonError("The body has a number with too many digits. Send a shorter one.") from None


def _text_of(body: bytes) -> str:
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in body[:4]:
        raise InvalidJsonError("The body is UTF-16 or UTF-32. Encode it as UTF-8.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidJsonError(
            f"The body is not UTF-8 (byte 0x{body[error.start]:02x} at position {error.start}). If it is Latin-1 or "
            "Windows-1252, encode it as UTF-8."
        ) from None


def _without_duplicates(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        seen = set[str]()
        twice = next(name for name, _ in members if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        name = repr(shown(twice[:MAX_FIELD_NAME_CHARACTERS]))
        raise InvalidJsonError(f"An object of the body has the field {name} more than once. Send it once.")
    return found


def _refuse_constant(name: str) -> Any:
    raise InvalidJsonError(f"The body has {name}, which JSON does not have. Leave the field out, or send null.")


def check_encoding(content_encoding: str | None) -> None:
    """UnsupportedMediaTypeError if a body is compressed."""
    if (content_encoding or "identity").strip().lower() != "identity":
        raise UnsupportedMediaTypeError("Send the body uncompressed, without the header `Content-Encoding`.")


def check_media_type(content_type: str | None) -> None:
    """UnsupportedMediaTypeError if a content type is given and isn't JSON."""
    media_type = media_type_of(content_type)
    if media_type != "application/json" and not (
        media_type.startswith("application/") and media_type.endswith("+json")
    ):
        raise UnsupportedMediaTypeError("Send the body as JSON, with the header `Content-Type: application/json`.")


def media_type_of(content_type: str | None) -> str:
    """Return the media type without its parameters. JSON goes without saying."""
    message = Message()
    message["content-type"] = "application/json" if content_type is None else content_type
    return message.get_content_type()


_ENCODED: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9\-._~]")


class Paths:
    """ASGI middleware. Tells the base path, which becomes `root_path`, from the route, as ASGI has it.

    The base path is the setting's, or one of which the event of an API Gateway tells: the stage of an HTTP API, the
    mapping of a custom domain, or the parent of a `{proxy+}` resource.
    """

    def __init__(self, application: ASGIApp, routes: Collection[str], base_path: str | None) -> None:
        self._application = application
        self._routes = routes
        self._base_path = base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            event = scope.get("aws.event") or {}
            path = _plain(_raw_path(scope, event))
            base, route = self._split(path, event)
            scope["root_path"] = _public_base(event, route) or base
            scope["path"] = scope["root_path"] + route
        await self._application(scope, receive, send)

    def _split(self, path: str, event: Mapping[str, Any]) -> tuple[str, str]:
        for base in ("", *_bases(path, event, self._base_path)):
            route = path.removeprefix(base) or "/"
            if path.startswith(base) and route in self._routes:
                return base, route
        return "", path


def _raw_path(scope: Scope, event: Mapping[str, Any]) -> str:
    raw = event.get("rawPath") or event.get("path") or scope.get("raw_path") or scope["path"]
    return str(raw.decode("latin-1") if isinstance(raw, bytes) else raw)


def _plain(raw: str) -> str:
    """Decode only what means the same encoded or not (RFC 3986, 6.2.2.2): `%2f` is no slash, and no route has a `%`."""
    decoded = _ENCODED.sub(_decoded, raw.partition("?")[0])
    printable = decoded if decoded.isprintable() else quote(decoded)
    return re.sub("/{2,}", "/", printable) or "/"


def _decoded(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if _UNRESERVED.fullmatch(character) else match[0]


def _bases(path: str, event: Mapping[str, Any], setting: str | None) -> Iterator[str]:
    if setting:
        yield setting
    tail = _tail(event)
    if tail and path.endswith(tail):
        yield path.removesuffix(tail)
    stage = (event.get("requestContext") or {}).get("stage")
    if stage:
        yield f"/{stage}"


def _tail(event: Mapping[str, Any]) -> str | None:
    """Return the part of the path that the gateway's own route matched."""
    proxy = (event.get("pathParameters") or {}).get("proxy")
    if proxy:
        return f"/{proxy}"
    resource = str(event.get("resource") or "")
    return None if "{" in resource else resource.rstrip("/")


def _public_base(event: Mapping[str, Any], route: str) -> str | None:
    """Return what comes before the route in the address that the client called, where a REST API tells it."""
    called = (event.get("requestContext") or {}).get("path")
    if not isinstance(called, str) or not called.endswith(route):
        return None
    return called.removesuffix(route)
