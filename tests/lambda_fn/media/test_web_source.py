import logging
import socket
from contextlib import suppress
from pathlib import Path

import pytest
from httpcore2 import ConnectError, NetworkStream, SyncBackend
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_fn.errors import MediaError, MediaUnreachableError, MediaUrlRefusedError
from lambda_fn.media.fetcher import MediaFetcher
from lambda_fn.observability.request_log import configure_logging
from lambda_fn.settings import read_settings
from tests.lambda_fn.media.conftest import budget, fetch, fetch_here, fetcher
from tests.lambda_fn.media.servers import FixedNames, always, answer, redirecting, serving


def test_a_picture_comes_as_it_is(picture: bytes) -> None:
    with serving(always(answer(picture, Content_Type="text/html", Content_Encoding="identity"))) as port:
        assert fetch_here(f"http://127.0.0.1:{port}/a.html") == picture


def test_chunks_are_put_together(picture: bytes) -> None:
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (picture[:5], picture[5:40], picture[40:]))
    body = answer(chunks + b"0\r\n\r\n", Content_Length="", Transfer_Encoding="chunked")
    with serving(always(body)) as port:
        assert fetch_here(f"http://127.0.0.1:{port}/") == picture


def test_a_body_may_end_with_the_connection(picture: bytes) -> None:
    with serving(always(answer(picture, Content_Length=""))) as port:
        assert fetch_here(f"http://127.0.0.1:{port}/") == picture


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_three_redirects_are_followed(picture: bytes, status: str) -> None:
    targets = {"/": "/a?b", "/a?b": "//127.0.0.1:PORT/c", "/c": "d"}
    with serving(redirecting({}, answer(picture))) as port:
        targets = {path: target.replace("PORT", str(port)) for path, target in targets.items()}
        with serving(redirecting(targets, answer(picture), status)) as first:
            assert fetch_here(f"http://127.0.0.1:{first}/") == picture


def test_what_is_asked_says_nothing_about_us(picture: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("default login user password secret\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    seen: list[bytes] = []

    def record(connection: socket.socket, path: str) -> None:
        seen.append(connection.recv(65_536))
        connection.sendall(answer(picture, Set_Cookie="a=b"))

    with serving(record, reads_request=False) as port:
        for _ in range(2):
            assert fetch_here(f"http://127.0.0.1:{port}/a?b#c") == picture
    lines = seen[1].decode().split("\r\n")
    assert lines[0] == "GET /a?b HTTP/1.1"
    assert {line.partition(":")[0].lower() for line in lines[1:] if line} == {
        "host",
        "user-agent",
        "accept",
        "accept-encoding",
        "connection",
    }


def test_no_library_writes_the_url_to_the_log(picture: bytes, caplog: pytest.LogCaptureFixture) -> None:
    configure_logging("INFO")
    caplog.set_level(logging.DEBUG)
    with serving(redirecting({"/secret": "/other-secret"}, answer(picture))) as port:
        fetch_here(f"http://secret.example:{port}/secret?secret", FixedNames(secret_example=[["127.0.0.1"]]))
    assert "secret" not in caplog.text


def test_a_name_is_looked_up_once_and_that_answer_is_used(picture: bytes) -> None:
    names = FixedNames(rebinding_example=[["127.0.0.1"], ["10.0.0.1"]])
    with serving(always(answer(picture))) as port:
        assert fetch_here(f"http://rebinding.example:{port}/", names) == picture
    assert names.asked == ["rebinding.example"]


def test_a_redirect_to_the_same_name_is_looked_up_and_checked_again() -> None:
    names = FixedNames(rebinding_example=[["127.0.0.1"], ["10.0.0.1"]])
    with serving(redirecting({"/": "/a"})) as port, pytest.raises(MediaUrlRefusedError):
        fetch_here(f"http://rebinding.example:{port}/", names)
    assert names.asked == ["rebinding.example"] * 2


def test_nothing_is_connected_to_but_the_addresses_that_were_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    connected: list[tuple[str, int]] = []

    def connect(self: SyncBackend, host: str, port: int, *rest: object) -> NetworkStream:
        connected.append((host, port))
        raise ConnectError

    monkeypatch.setattr(SyncBackend, "connect_tcp", connect)
    addresses = ["93.184.216.34", "2606:4700::1111"]
    with pytest.raises(MediaUnreachableError):
        fetch("https://two.example/", FixedNames(two_example=[addresses, ["127.0.0.1"]]))
    assert connected == [(address, 443) for address in addresses]


def test_the_next_address_is_tried_where_one_is_dead(picture: bytes) -> None:
    with serving(always(answer(picture))) as port:
        assert fetch_here(f"http://two.example:{port}/", FixedNames(two_example=[["::1", "127.0.0.1"]])) == picture


def test_other_ports_are_a_setting() -> None:
    made = MediaFetcher(read_settings(media_ports="443, 8443"))
    with pytest.raises(MediaUrlRefusedError, match="public internet"):
        made.fetch("https://10.0.0.1:8443/", budget())
    with pytest.raises(MediaUrlRefusedError, match="port"):
        made.fetch("https://10.0.0.1:8444/", budget())


def test_this_machine_is_let_in_only_in_development() -> None:
    for chosen, reason in (({}, "Plain HTTP"), ({"allow_loopback_media": True}, "didn't answer")):
        made = MediaFetcher(read_settings(**chosen))
        with pytest.raises((MediaUrlRefusedError, MediaUnreachableError), match=reason):
            made.fetch("http://127.0.0.1:9/", budget())


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "https://10.0.0.1/", "https://10.0.0.1:8080/", "http://[::]/"])
def test_development_lets_in_nothing_but_this_machine(url: str) -> None:
    with pytest.raises(MediaUrlRefusedError):
        fetch_here(url, FixedNames())


def test_a_name_that_is_this_machine_and_another_is_refused_in_development_too() -> None:
    with pytest.raises(MediaUrlRefusedError):
        fetch_here("https://both.example/", FixedNames(both_example=[["127.0.0.1", "10.0.0.1"]]))


def test_limits_are_settings(picture: bytes) -> None:
    with serving(always(answer(picture))) as port:
        url = f"http://127.0.0.1:{port}/"
        made = fetcher(max_media_bytes=len(picture))
        assert made.fetch(url, budget()) == picture
        made = fetcher(max_media_bytes=len(picture) - 1)
        assert [getattr(outcome, "code", "") for outcome in made.fetch_all([url], budget())] == ["media_too_large"]


RESPONSE = answer(b"\x89PNG\r\n\x1a\n" + bytes(30), Content_Type="image/png", Location="/a")


@settings(max_examples=100, deadline=None)
@given(place=st.integers(0, len(RESPONSE) - 1), cut=st.integers(0, 20), put=st.binary(max_size=30) | st.just(b"\r\n"))
def test_no_answer_is_a_fault_of_the_service(place: int, cut: int, put: bytes) -> None:
    damaged = RESPONSE[:place] + put + RESPONSE[place + cut :]
    with serving(always(damaged)) as port, suppress(MediaError):
        assert fetch_here(f"http://127.0.0.1:{port}/") in damaged
