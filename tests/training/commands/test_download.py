import hashlib
import threading
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from training.__main__ import main
from training.commands import download
from training.commands.download import PUBLIC_FILES, PublicFile, fetch
from training.datasets import meld
from training.errors import DatasetError

CONTENT = bytes(range(256)) * 1000
CHECKSUM = hashlib.md5(CONTENT).hexdigest()
HALF = len(CONTENT) // 2


@dataclass
class Publisher:
    """A server of one file, and what it was asked for."""

    url: str = ""
    supports_ranges: bool = True
    sent_at_most: int | None = None
    """Bytes after which it hangs up."""
    ranges: list[str | None] = field(default_factory=list)

    @property
    def file(self) -> PublicFile:
        return PublicFile("data.zip", self.url, "md5", CHECKSUM)


def _handler(publisher: Publisher) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers["Range"]
            publisher.ranges.append(asked)
            start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and publisher.supports_ranges else 0
            if start >= len(CONTENT):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(CONTENT) - start))
            self.end_headers()
            self.wfile.write(CONTENT[start:][: publisher.sent_at_most])

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    return Handler


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    publisher = Publisher()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(publisher)) as server:
        publisher.url = f"http://127.0.0.1:{server.server_port}/data.zip"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield publisher
        server.shutdown()
        thread.join()


def test_a_file_is_fetched_once(publisher: Publisher, tmp_path: Path) -> None:
    assert fetch(publisher.file, tmp_path) == "fetched"
    assert fetch(publisher.file, tmp_path) == "already there"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"data.zip": CONTENT}
    assert publisher.ranges == [None]


def test_a_partial_file_is_gone_on_with(publisher: Publisher, tmp_path: Path) -> None:
    (tmp_path / "data.zip.partial").write_bytes(CONTENT[:HALF])
    assert fetch(publisher.file, tmp_path) == "fetched"
    assert (tmp_path / "data.zip").read_bytes() == CONTENT
    assert publisher.ranges == [f"bytes={HALF}-"]


def test_a_server_without_ranges_sends_it_anew(publisher: Publisher, tmp_path: Path) -> None:
    publisher.supports_ranges = False
    (tmp_path / "data.zip.partial").write_bytes(CONTENT[:HALF])
    assert fetch(publisher.file, tmp_path) == "fetched"
    assert (tmp_path / "data.zip").read_bytes() == CONTENT


def test_a_partial_file_that_is_whole_is_taken(publisher: Publisher, tmp_path: Path) -> None:
    (tmp_path / "data.zip.partial").write_bytes(CONTENT)
    assert fetch(publisher.file, tmp_path) == "fetched"
    assert publisher.ranges == [f"bytes={len(CONTENT)}-"]
    assert [path.name for path in tmp_path.iterdir()] == ["data.zip"]


def test_a_cut_connection_keeps_what_came_for_the_next_time(publisher: Publisher, tmp_path: Path) -> None:
    publisher.sent_at_most = HALF
    with pytest.raises(DatasetError, match="connection ended early; the same command goes on from there"):
        fetch(publisher.file, tmp_path)
    assert (tmp_path / "data.zip.partial").read_bytes() == CONTENT[:HALF]
    publisher.sent_at_most = None
    assert fetch(publisher.file, tmp_path) == "fetched"
    assert publisher.ranges == [None, f"bytes={HALF}-"]


def test_a_wrong_checksum_is_told_and_nothing_takes_the_files_name(publisher: Publisher, tmp_path: Path) -> None:
    wrong = replace(publisher.file, checksum="0" * 32)
    with pytest.raises(DatasetError, match=rf"its md5 is {CHECKSUM}, .* {'0' * 32}. Delete it"):
        fetch(wrong, tmp_path)
    assert not (tmp_path / "data.zip").exists()


def test_a_damaged_file_that_is_there_is_told(publisher: Publisher, tmp_path: Path) -> None:
    (tmp_path / "data.zip").write_bytes(CONTENT[:-1])
    with pytest.raises(DatasetError, match=r"data\.zip is damaged or another edition"):
        fetch(publisher.file, tmp_path)
    assert publisher.ranges == []


def test_a_file_that_changes_daily_is_never_gone_on_with(publisher: Publisher, tmp_path: Path) -> None:
    (tmp_path / "data.zip.partial").write_bytes(b"yesterday's")
    assert fetch(PublicFile("data.zip", publisher.url), tmp_path) == "fetched"
    assert (tmp_path / "data.zip").read_bytes() == CONTENT


def test_offline_the_message_says_what_to_place_where(tmp_path: Path) -> None:
    nobody = PublicFile("data.zip", "http://127.0.0.1:9/data.zip", "md5", CHECKSUM)
    with pytest.raises(DatasetError, match=r"http://127.0.0.1:9/data.zip can't be fetched") as caught:
        fetch(nobody, tmp_path)
    assert f"place it as {tmp_path / 'data.zip'}" in str(caught.value)


def test_a_partial_file_of_something_else_is_told(publisher: Publisher, tmp_path: Path) -> None:
    (tmp_path / "data.zip.partial").write_bytes(CONTENT + b"more")
    with pytest.raises(DatasetError, match=r"data\.zip\.partial is damaged"):
        fetch(publisher.file, tmp_path)


def test_the_command_fetches_every_file_of_a_data_set(
    publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    second = replace(publisher.file, name="more.zip")
    monkeypatch.setitem(PUBLIC_FILES, "imdb", (publisher.file, second))
    download.run(Namespace(dataset="imdb", data_root=tmp_path / "new"))
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"data.zip", "more.zip"}
    assert capsys.readouterr().out == "data.zip: fetched\nmore.zip: fetched\n"


def test_the_public_files_are_those_that_the_loader_reads() -> None:
    assert [file.name for file in PUBLIC_FILES["imdb"]] == ["aclImdb_v1.tar.gz", "ml-25m.zip"]
    assert [file.name for file in PUBLIC_FILES["imdb-titles"]] == ["title.basics.tsv.gz"]
    assert [file.name for file in PUBLIC_FILES["cifar100"]] == ["cifar-100-python.tar.gz"]
    assert [file.name for file in PUBLIC_FILES["meld"]] == [f"MELD/{part}_sent_emo.csv" for part in meld.PARTS.values()]


def test_a_file_may_lie_in_a_folder(publisher: Publisher, tmp_path: Path) -> None:
    assert fetch(replace(publisher.file, name="MELD/data.csv"), tmp_path) == "fetched"
    assert (tmp_path / "MELD/data.csv").read_bytes() == CONTENT


def test_what_has_no_link_is_told_with_who_gives_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["download", "mvsa", "--data-root", str(tmp_path)]) == 2
    assert "mvsa has no public file. Its authors give it out at http://www.mcrlab.net" in capsys.readouterr().err
