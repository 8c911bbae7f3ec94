"""A stretch of work within a trace, as X-Ray's segment documents describe it."""

import json
import os
import time
from typing import Any

from aws_lambda_powertools.tracing.base import BaseSegment


class Subsegment(BaseSegment):
    """Says how long something took. It holds nothing that was sent: annotations are cold start and service."""

    def __init__(self, name: str, trace_id: str, parent_id: str) -> None:
        self.id = os.urandom(8).hex()
        self._document: dict[str, Any] = {
            "type": "subsegment",
            "name": name,
            "id": self.id,
            "trace_id": trace_id,
            "parent_id": parent_id,
            "start_time": time.time(),
        }

    def close(self, end_time: int | None = None) -> None:
        """End it."""
        self._document["end_time"] = end_time or time.time()

    def put_annotation(self, key: str, value: Any) -> None:
        """Note something that traces can be searched by."""
        self._document.setdefault("annotations", {})[key] = value

    def put_metadata(self, key: str, value: Any, namespace: str = "default") -> None:
        """Do nothing: metadata would be answers and errors."""

    def add_exception(self, exception: BaseException, stack: list[Any], remote: bool = False) -> None:
        """Mark it as failed, without the exception's words."""
        self._document["fault"] = True

    def add_subsegment(self, subsegment: Any) -> None:
        """Do nothing: every subsegment is sent by itself and names its parent."""

    def remove_subsegment(self, subsegment: Any) -> None:
        """Do nothing: see `add_subsegment`."""

    def serialised(self) -> str:
        """Return the document."""
        return json.dumps(self._document)
