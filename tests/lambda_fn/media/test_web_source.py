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
from lambda_fn.settings import SettingsError, read_settings
from tests.lambda_fn.media.conftest import budget, fetch, fetch_here, fetched, fetcher, image_at
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
        fetched(made, "https://10.0.0.1:8443/")
    with pytest.raises(MediaUrlRefusedError, match="port"):
        fetched(made, "https://10.0.0.1:8444/")


def test_this_machine_is_let_in_only_in_development() -> None:
    for chosen, reason in (({}, "Plain HTTP"), ({"allow_loopback_media": True}, "did not respond")):
        made = MediaFetcher(read_settings(**chosen))
        with pytest.raises((MediaUrlRefusedError, MediaUnreachableError), match=reason):
            fetched(made, "http://127.0.0.1:9/")


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
        assert fetched(made, url) == picture
        made = fetcher(max_media_bytes=len(picture) - 1)
        assert [getattr(outcome, "code", "") for outcome in made.fetch_all([image_at(url)], budget())] == [
            "media_too_large"
        ]


RESPONSE = answer(b"\x89PNG\r\n\x1a\n" + bytes(30), Content_Type="image/png", Location="/a")


@settings(max_examples=100, deadline=None)
@given(place=st.integers(0, len(RESPONSE) - 1), cut=st.integers(0, 20), put=st.binary(max_size=30) | st.just(b"\r\n"))
def test_no_answer_is_a_fault_of_the_service(place: int, cut: int, put: bytes) -> None:
    damaged = RESPONSE[:place] + put + RESPONSE[place + cut :]
    with serving(always(damaged)) as port, suppress(MediaError):
        assert fetch_here(f"http://127.0.0.1:{port}/") in damaged


@pytest.mark.parametrize("encoding", ["base64", "utf-8", "binary", "none", "aws-chunked", "identity", "gzip", "br"])
def test_what_a_host_says_of_a_files_encoding_is_not_believed(picture: bytes, encoding: str) -> None:
    with serving(always(answer(picture, Content_Encoding=encoding))) as port:
        assert fetch_here(f"http://127.0.0.1:{port}/") == picture


CODES = {
    "400 Bad Request": "media_forbidden",
    "401 Unauthorized": "media_forbidden",
    "403 Forbidden": "media_forbidden",
    "404 Not Found": "media_not_found",
    "410 Gone": "media_not_found",
    "408 Request Timeout": "media_unreachable",
    "429 Too Many Requests": "media_unreachable",
    "451 Unavailable For Legal Reasons": "media_forbidden",
    "500 Internal Server Error": "media_unreachable",
    "503 Service Unavailable": "media_unreachable",
}


@pytest.mark.parametrize("status", CODES)
def test_lasting_and_passing_faults_are_told_apart(picture: bytes, status: str) -> None:
    with serving(always(answer(picture, status))) as port, pytest.raises(MediaError, match=status[:3]) as raised:
        fetch_here(f"http://127.0.0.1:{port}/")
    assert raised.value.code == CODES[status]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("9" * 50, 3600),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Wed, 21 Oct 2099 07:28:00 GMT", 3600),
        ("Wed, 21 Oct 2099 07:28:00 -0000", None),
    ],
)
def test_when_to_come_again_is_passed_on(header: str, seconds: int | None) -> None:
    busy = always(answer(status="503 Busy", Retry_After=header))
    with serving(busy) as port, pytest.raises(MediaUnreachableError) as raised:
        fetch_here(f"http://127.0.0.1:{port}/")
    assert raised.value.retry_after_seconds == seconds
    assert (f"after {seconds} seconds" in str(raised.value)) == (seconds is not None)


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/imágenes/foto.jpg", "/im%C3%A1genes/foto.jpg"),
        ("/a b.png", "/a%20b.png"),
        ("\\a\\b.png", "/a/b.png"),
        ('/<x>"{}|^`', "/%3Cx%3E%22%7B%7D%7C%5E%60"),
        ("?q=ä\\", "/start?q=%C3%A4%5C"),
        ("  /trimmed  ", "/trimmed"),
        ("/%e9t%E9?%", "/%e9t%E9?%"),
        ("../../x", "/x"),
    ],
)
def test_a_redirect_is_followed_as_browsers_do(picture: bytes, location: str, path: str) -> None:
    header = location.encode().decode("latin-1")
    asked: list[str] = []

    def script(connection: socket.socket, asked_for: str) -> None:
        asked.append(asked_for)
        first = asked_for == "/start"
        connection.sendall(answer(status="302 Found", Location=header) if first else answer(picture))

    with serving(script) as port:
        assert fetch_here(f"http://127.0.0.1:{port}/start") == picture
    assert asked == ["/start", path]


@pytest.mark.parametrize("host", ["a_b.example", "example.com.", "_dmarc.example.com"])
def test_hosts_with_underscores_and_final_dots_work(picture: bytes, host: str) -> None:
    names = FixedNames()
    names.answers[host.rstrip(".")] = [["127.0.0.1"]]
    with serving(always(answer(picture))) as port:
        assert fetch_here(f"http://{host}:{port}/", names) == picture


def test_the_service_says_who_it_is(picture: bytes) -> None:
    seen: list[bytes] = []

    def record(connection: socket.socket, path: str) -> None:
        seen.append(connection.recv(65_536))
        connection.sendall(answer(picture))

    with serving(record, reads_request=False) as port:
        for settings in ({}, {"media_user_agent": "Valence/9 (https://example.com; me@example.com)"}):
            made = MediaFetcher(read_settings(allow_loopback_media=True, **settings))
            assert fetched(made, f"http://127.0.0.1:{port}/") == picture
    assert b"User-Agent: Valence/0.1.0 (" in seen[0]
    assert b"User-Agent: Valence/9 (https://example.com; me@example.com)\r\n" in seen[1]


@pytest.mark.parametrize("agent", ["a\r\nX: y", "é", " a", "a" * 201])
def test_a_user_agent_is_one_header(agent: str) -> None:
    with pytest.raises(SettingsError, match="MEDIA_USER_AGENT"):
        read_settings(media_user_agent=agent)
