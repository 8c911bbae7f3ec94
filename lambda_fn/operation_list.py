"""Collects operations, in the way of a FastAPI router."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from lambda_fn.operation import Endpoint, Operation

E = TypeVar("E", bound=Endpoint)


class OperationList(list[Operation]):
    """Operations below one prefix, with the same tags."""

    def __init__(self, prefix: str = "", tags: tuple[str, ...] = (), described: bool = True) -> None:
        super().__init__()
        self._prefix = prefix
        self._tags = tags
        self._described = described

    def get(self, path: str) -> Callable[[E], E]:
        """Decorate the function that answers GET on a path."""
        return self._adding("GET", path, {})

    def post(self, path: str, problems: Mapping[int | str, Any]) -> Callable[[E], E]:
        """Decorate the function that answers POST on a path; its `body` is what the request must hold."""
        return self._adding("POST", path, problems)

    def _adding(self, method: str, path: str, problems: Mapping[int | str, Any]) -> Callable[[E], E]:
        def add(endpoint: E) -> E:
            self.append(Operation(method, self._prefix + path, endpoint, self._tags, problems, self._described))
            return endpoint

        return add
