"""Refuses bodies that are too large, without reading them."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lambda_fn.errors import BodyTooLargeError
from lambda_fn.http.problems import problem_of, problem_response


class BodyLimit:
    """ASGI middleware: a body may have `most_bytes` bytes, whether it says its length beforehand or not."""

    def __init__(self, application: ASGIApp, most_bytes: int) -> None:
        self._application = application
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _declared_length(scope) > self._most_bytes:
            response = problem_response(problem_of(self._error()), scope)
            await response(scope, receive, send)
            return
        await self._application(scope, self._counting(receive), send)

    def _counting(self, receive: Receive) -> Receive:
        received = 0

        async def receive_some() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._most_bytes:
                raise self._error()
            return message

        return receive_some

    def _error(self) -> BodyTooLargeError:
        return BodyTooLargeError(
            f"The body may have at most {self._most_bytes:,} bytes. Split it into several requests."
        )


def _declared_length(scope: Scope) -> int:
    declared = Headers(scope=scope).get("content-length", "0")
    # Longer numbers than this are refused by the servers in front, and int() is slow on them.
    return int(declared) if declared.isdecimal() and len(declared) < 20 else 0
