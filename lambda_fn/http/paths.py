"""From paths as they arrive, perhaps below the stage or mapping of an API Gateway, to paths as the routes have them."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from starlette.types import ASGIApp, Receive, Scope, Send

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
