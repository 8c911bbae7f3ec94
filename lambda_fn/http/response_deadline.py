"""A time limit for responses: one that takes too long is a problem, with its log line and its metrics."""

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send

from lambda_fn.errors import ResponseTimeoutError
from lambda_fn.http.problems import problem_of, problem_response


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
