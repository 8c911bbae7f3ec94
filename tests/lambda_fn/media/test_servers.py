import socket
from threading import enumerate as running_threads

import pytest

from tests.lambda_fn.media.servers import Script, always, answer, dripping, endless, serving, silent, stopping


@pytest.mark.parametrize(
    "script",
    [always(answer(b"x")), dripping(bytes(1000)), endless(b"", bytes(65_536)), silent, stopping(b"HTTP/1.1")],
    ids=["always", "dripping", "endless", "silent", "stopping"],
)
def test_no_thread_outlives_its_server(script: Script) -> None:
    before = set(running_threads())
    with serving(script) as port, socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert set(running_threads()) - before
    assert set(running_threads()) <= before  # one of another test may have ended meanwhile
