"""Limits on request bodies: their size, the time they take to arrive, and the bytes that all of them hold."""

import asyncio
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lambda_fn.errors import BodyTooLargeError, RequestTimeoutError, ResponseTimeoutError
from lambda_fn.http.problems import problem_of, problem_response
from lambda_fn.inference.admission import ByteBudget
from lambda_fn.settings import Settings

SMALL_BYTES: Final = 65_536
"""Up to here a body doesn't count towards the budget, so that large ones that arrive slowly shut out no small ones."""


class BodyLimit:
    """ASGI middleware. A body may have `max_body_bytes` bytes, whether it declares its length or not."""

    def __init__(self, application: ASGIApp, settings: Settings) -> None:
        self._application = application
        self._max_bytes = settings.max_body_bytes
        self._timeout_seconds = settings.body_timeout_seconds
        self._budget = ByteBudget(settings.max_held_body_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
        elif _declared_length(scope) > self._max_bytes:
            await problem_response(problem_of(_too_large(self._max_bytes)), scope)(scope, receive, send)
        else:
            body = _Body(receive, self._max_bytes, self._timeout_seconds, self._budget)
            try:
                await self._application(scope, body.receive, send)
            finally:
                body.release()


class _Body:
    """One request's body as it arrives."""

    def __init__(self, receive: Receive, max_bytes: int, timeout_seconds: float, budget: ByteBudget) -> None:
        self._receive = receive
        self._max_bytes = max_bytes
        self._timeout_seconds = timeout_seconds
        self._budget = budget
        self._deadline = asyncio.get_running_loop().time() + timeout_seconds
        self._received = 0
        self._taken = 0
        self._whole = False

    async def receive(self) -> Message:
        """Receive the next message; RequestTimeoutError, BodyTooLargeError or OverloadedError end the request."""
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise RequestTimeoutError(
                f"The body took more than {self._timeout_seconds:g} seconds to arrive. Send a smaller one, or faster."
            ) from None
        self._count(len(message.get("body", b"")))
        self._whole = not message.get("more_body", False)
        return message

    def release(self) -> None:
        """Give back what was taken from the budget."""
        self._budget.give_back(self._taken)
        self._taken = 0

    def _count(self, size: int) -> None:
        self._received += size
        if self._received > self._max_bytes:
            raise _too_large(self._max_bytes)
        if self._received > SMALL_BYTES:
            self._budget.take(self._received - self._taken)
            self._taken = self._received


def _too_large(max_bytes: int) -> BodyTooLargeError:
    return BodyTooLargeError(f"The body may have at most {max_bytes:,} bytes. Split it into several requests.")


def _declared_length(scope: Scope) -> int:
    declared = Headers(scope=scope).get("content-length", "0")
    # Longer numbers than this are refused by the servers in front, and int() is slow on them.
    return int(declared) if declared.isdecimal() and len(declared) < 20 else 0


class ResponseDeadline:
    """ASGI middleware. In Lambda the limit is below the function's own, which would end it without a trace."""

    def __init__(self, application: ASGIApp, seconds: float | None) -> None:
        self._application = application
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._seconds is None:
            await self._application(scope, receive, send)
            return
        limit = asyncio.timeout(self._seconds)
        try:
            async with limit:
                await self._application(scope, receive, send)
        except TimeoutError:
            if not limit.expired():
                raise
            error = ResponseTimeoutError(
                f"The response took more than {self._seconds:g} seconds. Send fewer items, shorter texts or fewer "
                "explanations in one request."
            )
            await problem_response(problem_of(error), scope)(scope, receive, send)
