"""A stand-in for the Runtime API that Lambda offers to its functions, on loopback."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

DEADLINE_SECONDS = 60
VERSION = "/2018-06-01/runtime"
Report = tuple[str, Any]
"""What the runtime posted: `response`, `error` or `init/error`, and its JSON."""


@dataclass
class RuntimeApi:
    """Hands events to the runtime and takes its reports."""

    address: str
    events: Queue[dict[str, Any] | None] = field(default_factory=Queue)
    reports: Queue[Report] = field(default_factory=Queue)

    def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        """Pass an event to the function and return its response; AssertionError if the runtime reports an error."""
        self.events.put(event)
        kind, report = self.report()
        assert kind == "response", report
        response: dict[str, Any] = report
        return response

    def report(self) -> Report:
        """Wait for the next report."""
        return self.reports.get(timeout=DEADLINE_SECONDS)


class _Server(ThreadingHTTPServer):
    api: RuntimeApi


class _RequestHandler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        event = self.server.api.events.get()
        if event is None:
            self._answer(410, b"")
            return
        deadline = int((time.time() + DEADLINE_SECONDS) * 1000)
        headers = {
            "Lambda-Runtime-Aws-Request-Id": "lambda-request-id",
            "Lambda-Runtime-Deadline-Ms": str(deadline),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-1:000000000000:function:valence",
            "Content-Type": "application/json",
        }
        self._answer(200, json.dumps(event).encode(), headers)

    def do_POST(self) -> None:
        kind = self.path.removeprefix(f"{VERSION}/").removeprefix("invocation/lambda-request-id/")
        body = self.rfile.read(int(self.headers["content-length"]))
        self._answer(202, b"{}")
        self.server.api.reports.put((kind, json.loads(body)))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
        pass

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def runtime_api() -> Iterator[RuntimeApi]:
    """Serve the stand-in on a free port of loopback."""
    with _Server(("127.0.0.1", 0), _RequestHandler) as server:
        server.daemon_threads = True
        server.api = RuntimeApi(f"127.0.0.1:{server.server_address[1]}")
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.api
        finally:
            server.api.events.put(None)
            server.shutdown()
            thread.join()


@contextmanager
def lambda_runtime(api: RuntimeApi, models: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the handler as Lambda does: under its own runtime client, in a process of its own."""
    command = [sys.executable, "-m", "awslambdaric", "lambda_fn.handler.handler"]
    environment = {
        "AWS_LAMBDA_RUNTIME_API": api.address,
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "VALENCE_MODELS": str(models),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
