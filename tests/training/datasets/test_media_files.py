import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from training.datasets.media_files import MANIFEST, media_files
from training.datasets.source import Source
from training.errors import DatasetError

FILES = {"voices/b.wav": b"b", "voices/deep/a.opus": b"a", "voices/README.md": b"text"}


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    monkeypatch.setenv("VALENCE_CACHE", str(tmp_path / "cache"))
    return Source(write_zip(tmp_path / "voices.zip", FILES))


def write_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def is_voice(name: str) -> bool:
    return name.endswith((".wav", ".opus"))


def test_an_archive_is_unpacked_once(archive: Source, capsys: pytest.CaptureFixture[str]) -> None:
    files = media_files(archive, is_voice, "voices")
    assert {name: path.read_bytes() for name, path in files.items()} == {
        name: content for name, content in FILES.items() if is_voice(name)
    }
    assert all(path.is_absolute() for path in files.values())
    assert media_files(archive, is_voice, "voices") == files
    assert capsys.readouterr().err.count("Unpacking") == 1


def test_what_another_kind_wants_is_unpacked_apart(archive: Source) -> None:
    assert list(media_files(archive, is_voice, "voices")) == ["voices/b.wav", "voices/deep/a.opus"]
    assert list(media_files(archive, lambda name: name.endswith(".md"), "pages")) == ["voices/README.md"]


def test_a_file_that_was_deleted_from_the_cache_comes_back(archive: Source) -> None:
    path = media_files(archive, is_voice, "voices")["voices/b.wav"]
    path.unlink()
    assert media_files(archive, is_voice, "voices")["voices/b.wav"].read_bytes() == b"b"
    (path.parent.parent / MANIFEST).write_bytes(b"\xff")
    assert media_files(archive, is_voice, "voices")["voices/b.wav"] == path


def test_a_changed_archive_is_unpacked_anew(archive: Source) -> None:
    before = media_files(archive, is_voice, "voices")["voices/b.wav"]
    write_zip(archive.path, FILES | {"voices/b.wav": b"longer"})
    assert media_files(archive, is_voice, "voices")["voices/b.wav"].read_bytes() == b"longer"
    assert before.read_bytes() == b"b"


def test_a_folder_is_used_where_it_lies(archive: Source, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive.path) as content:
        content.extractall(tmp_path)
    files = media_files(Source(tmp_path / "voices"), is_voice, "voices")
    assert files == {name: tmp_path / name for name in FILES if is_voice(name)}


def test_a_name_that_leads_outside_is_refused(archive: Source, tmp_path: Path) -> None:
    write_zip(archive.path, {"voices/../../../evil.wav": b"x"})
    with pytest.raises(
        DatasetError, match=r"voices.zip holds the name 'voices/../../../evil.wav', which leads outside"
    ):
        media_files(archive, is_voice, "voices")
    assert not list(tmp_path.rglob("evil.wav"))
    assert not list((tmp_path / "cache").rglob("*.partial"))


def test_a_damaged_archive_leaves_nothing_half(archive: Source, tmp_path: Path) -> None:
    content = BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        for name, data in FILES.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, BytesIO(data))
    path = tmp_path / "voices.tar.gz"
    path.write_bytes(content.getvalue())
    assert len(media_files(Source(path), is_voice, "voices")) == 2
    path.write_bytes(content.getvalue()[:-20])
    with pytest.raises(DatasetError, match=r"voices.tar.gz is damaged"):
        media_files(Source(path), is_voice, "voices")
    assert not list((tmp_path / "cache").rglob("*.partial"))


def test_a_cache_that_cannot_be_written_is_told(
    archive: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("VALENCE_CACHE", str(tmp_path / "file"))
    with pytest.raises(DatasetError, match=r"can't be written .*Unpack .*voices.zip yourself, or name another folder"):
        media_files(archive, is_voice, "voices")
