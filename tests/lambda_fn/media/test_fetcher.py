import socket
import time
from threading import Lock

from lambda_fn.errors import MediaError
from lambda_fn.media.fetcher import Content
from tests.lambda_fn.media.conftest import budget, fetcher, image_at
from tests.lambda_fn.media.servers import always, answer, serving, silent


def _codes(outcomes: list[Content | MediaError]) -> list[str]:
    return [outcome.code if isinstance(outcome, MediaError) else "fetched" for outcome in outcomes]


def test_each_of_several_is_in_its_place(picture: bytes) -> None:
    with serving(always(answer(picture))) as port:
        good = f"http://127.0.0.1:{port}/"
        made = fetcher()
        outcomes = made.fetch_all([image_at(url) for url in (good, "ftp://a", good, "https://10.0.0.1/")], budget())
    assert _codes(outcomes) == ["fetched", "media_url_invalid", "fetched", "media_url_refused"]


def test_nothing_to_fetch_takes_nothing() -> None:
    made = fetcher()
    assert made.fetch_all([], budget()) == []


def test_several_are_fetched_at_once_but_not_all(picture: bytes) -> None:
    lock, running, most = Lock(), 0, 0

    def slow(connection: socket.socket, path: str) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        with lock:
            running -= 1
        connection.sendall(answer(picture))

    with serving(slow) as port:
        made = fetcher()
        outcomes = made.fetch_all([image_at(f"http://127.0.0.1:{port}/{number}") for number in range(20)], budget())
    assert _codes(outcomes) == ["fetched"] * 20
    assert 1 < most <= 8


def test_all_of_them_share_a_deadline() -> None:
    with serving(silent) as port:
        made = fetcher()
        started = time.monotonic()
        outcomes = made.fetch_all([image_at(f"http://127.0.0.1:{port}/")] * 20, budget(seconds=0.3))
    assert _codes(outcomes) == ["media_timeout"] * 20
    assert time.monotonic() - started < 2


def test_all_of_them_share_an_allowance(picture: bytes) -> None:
    with serving(always(answer(picture))) as port:
        most = 3 * len(picture) + 5
        outcomes = fetcher().fetch_all([image_at(f"http://127.0.0.1:{port}/")] * 6, budget(max_bytes=most))
    assert sorted(_codes(outcomes)) == ["fetched"] * 3 + ["media_too_large"] * 3
