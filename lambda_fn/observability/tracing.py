"""Traces for X-Ray, through Powertools' Tracer.

AWS's own SDK for X-Ray would bring botocore: 31 MB, and 0.15 s of every cold start. In Lambda all that it does for us
is to send a small document over UDP, so that is done here. Outside Lambda, or where a request isn't sampled, nothing
is sent.
"""

import json
import os
import socket
import time
from collections.abc import Generator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, Final

from aws_lambda_powertools import Tracer
from aws_lambda_powertools.tracing.base import BaseProvider, BaseSegment

from lambda_fn.observability.metrics import SERVICE
from model_bundle.errors import ValenceError


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


TRACE_HEADER: Final = "_X_AMZN_TRACE_ID"
"""Lambda sets it for each request, such as `Root=1-…;Parent=…;Sampled=1`."""
DAEMON: Final = "AWS_XRAY_DAEMON_ADDRESS"
PREAMBLE: Final = '{"format": "json", "version": 1}\n'


class XRay(BaseProvider):
    """Sends each subsegment to the daemon that Lambda runs beside its functions."""

    def __init__(self) -> None:
        self._current: ContextVar[Subsegment | None] = ContextVar("subsegment", default=None)

    @contextmanager
    def in_subsegment(self, name: Any = None, **kwargs: Any) -> Generator[Subsegment, None, None]:
        """Measure what is done within."""
        trace = _trace()
        outer = self._current.get()
        subsegment = Subsegment(str(name), trace.get("Root", ""), outer.id if outer else trace.get("Parent", ""))
        token = self._current.set(subsegment)
        try:
            yield subsegment
        except ValenceError:
            raise  # an answer like others
        except BaseException as error:
            subsegment.add_exception(error, [])
            raise
        finally:
            self._current.reset(token)
            subsegment.close()
            if trace.get("Sampled") == "1":
                _send(subsegment)

    def in_subsegment_async(self, name: Any = None, **kwargs: Any) -> AbstractAsyncContextManager[Subsegment]:
        """Fail: nothing here needs it."""
        raise NotImplementedError

    def put_annotation(self, key: str, value: Any) -> None:
        """Annotate the subsegment that is under way."""
        current = self._current.get()
        if current:
            current.put_annotation(key, value)

    def put_metadata(self, key: str, value: Any, namespace: str = "default") -> None:
        """Do nothing: see Subsegment."""

    def patch(self, modules: Sequence[str]) -> None:
        """Do nothing: the service calls no other."""

    def patch_all(self) -> None:
        """Do nothing: see `patch`."""


def _trace() -> dict[str, str]:
    parts = (part.partition("=") for part in os.environ.get(TRACE_HEADER, "").split(";"))
    return {name.strip(): value for name, _, value in parts}


def _send(subsegment: Subsegment) -> None:
    host, _, port = os.environ.get(DAEMON, "").rpartition(":")
    if not port.isdecimal():
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.setblocking(False)
        try:
            daemon.sendto((PREAMBLE + subsegment.serialised()).encode(), (host, int(port)))
        except OSError:
            return  # a trace is no reason to fail a request


TRACER: Final = Tracer(service=SERVICE, auto_patch=False, disabled=False, provider=XRay())
