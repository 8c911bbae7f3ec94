"""Subsegments as they reach the daemon, beside those of AWS's own SDK."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lambda_fn.http.gateway import create_handler
from lambda_fn.observability.tracing import TRACER
from model_bundle.errors import ValenceError
from tests.lambda_fn.events import rest_event

ROOT = "1-5759e988-bd862e3fe1be46a994272793"
HEADER = f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled="


THEIRS = """
import sys
from aws_xray_sdk.core.models.facade_segment import FacadeSegment
from aws_xray_sdk.core.models.subsegment import Subsegment

segment = FacadeSegment("facade", "53995c3f42cd8ad8", sys.argv[1], True)
subsegment = Subsegment("work", "local", segment)
segment.add_subsegment(subsegment)
subsegment.put_annotation("Service", "valence")
subsegment.close()
print(subsegment.serialize())
"""


class Daemon:
    """Takes what is sent over UDP."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener

    def received(self) -> list[dict[str, Any]]:
        documents: list[dict[str, Any]] = []
        while True:
            try:
                preamble, _, document = self._listener.recv(65_535).partition(b"\n")
            except TimeoutError:
                return documents
            assert json.loads(preamble) == {"format": "json", "version": 1}
            documents.append(json.loads(document))


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(0.2)
        monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", f"127.0.0.1:{listener.getsockname()[1]}")
        yield Daemon(listener)


def test_a_sampled_request_is_told_by_its_stages(
    daemon: Daemon, models_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VALENCE_MODELS", str(models_folder))
    handler = create_handler()
    monkeypatch.setenv("_X_AMZN_TRACE_ID", HEADER + "1")
    assert handler(rest_event("POST", "/v1/predict", '{"text": "good secret"}'), None)["statusCode"] == 200
    inner, outer = daemon.received()
    assert (inner["name"], outer["name"]) == ("predict", "## handler")
    assert inner["parent_id"] == outer["id"]
    assert outer["parent_id"] == "53995c3f42cd8ad8"
    assert inner["trace_id"] == outer["trace_id"] == ROOT
    assert outer["annotations"]["Service"] == "valence"
    assert outer["start_time"] <= inner["start_time"] <= inner["end_time"] <= outer["end_time"]
    assert "secret" not in json.dumps([inner, outer])


@pytest.mark.parametrize("header", [None, "", HEADER + "0", "nonsense"])
def test_nothing_is_sent_of_what_is_not_sampled(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch, header: str | None
) -> None:
    if header is not None:
        monkeypatch.setenv("_X_AMZN_TRACE_ID", header)
    with TRACER.provider.in_subsegment("work"):
        TRACER.put_annotation("key", "value")
    assert daemon.received() == []


@pytest.mark.parametrize("address", ["", "127.0.0.1", "127.0.0.1:1", "no such host:2000"])
def test_without_a_daemon_requests_go_on(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", address)
    monkeypatch.setenv("_X_AMZN_TRACE_ID", HEADER + "1")
    with TRACER.provider.in_subsegment("work"):
        pass


@pytest.mark.parametrize(("error", "fault"), [(ZeroDivisionError("secret"), True), (ValenceError("secret"), False)])
def test_an_error_of_ours_is_a_fault_and_its_words_stay_here(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch, error: Exception, fault: bool
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", HEADER + "1")
    with pytest.raises(type(error)), TRACER.provider.in_subsegment("work"):
        raise error
    (document,) = daemon.received()
    assert document.get("fault", False) is fault
    assert "secret" not in json.dumps(document)


@pytest.mark.slow
def test_a_document_has_what_awss_own_has(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", HEADER + "1")
    with TRACER.provider.in_subsegment("work") as own:
        own.put_annotation("Service", "valence")
    (document,) = daemon.received()
    theirs = json.loads(subprocess.check_output([sys.executable, "-c", THEIRS, ROOT], text=True))
    assert document.keys() == theirs.keys() - {"in_progress", "namespace"}
    assert {name: type(value) for name, value in document.items()} == {name: type(theirs[name]) for name in document}
    varying = {"id", "start_time", "end_time"}
    assert {name: document[name] for name in document.keys() - varying} == {
        name: theirs[name] for name in document.keys() - varying
    }
