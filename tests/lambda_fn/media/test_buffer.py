import gc
import os
from pathlib import Path

import pytest

from lambda_fn.errors import MediaTooLargeError, MediaTypeUnsupportedError
from lambda_fn.media.buffer import MAX_BYTES_IN_MEMORY, Allowance, MediaBuffer, SpooledFile
from lambda_fn.media.medium import MediaPolicy

JPEG = b"\xff\xd8\xff\xe0" + bytes(20)
WAV = b"RIFF\0\0\0\0WAVE" + bytes(2_000)


def _buffer(max_bytes: int = 100, allowance: Allowance | None = None) -> MediaBuffer:
    return MediaBuffer(MediaPolicy("image", max_bytes, 1), allowance or Allowance(100))


def _audio(size: int) -> SpooledFile:
    buffer = MediaBuffer(MediaPolicy("audio", 10_000_000, 1), Allowance(10_000_000))
    content = WAV.ljust(size, b"x")
    for place in range(0, size, 65_536):
        buffer.add(content[place : place + 65_536])
    spooled = buffer.content()
    assert isinstance(spooled, SpooledFile)
    return spooled


def _open_files() -> set[str]:
    return {str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}


def test_pieces_become_the_file() -> None:
    buffer = _buffer()
    for place in range(len(JPEG)):
        buffer.add(JPEG[place : place + 1])
    assert buffer.content() == JPEG


def test_the_largest_file_is_accepted_and_one_byte_more_is_not() -> None:
    buffer = _buffer(len(JPEG))
    buffer.add(JPEG)
    assert buffer.content() == JPEG
    with pytest.raises(MediaTooLargeError, match="image may have at most 24 bytes"):
        buffer.add(b"x")


def test_an_unsupported_format_is_known_after_a_few_bytes() -> None:
    buffer = _buffer()
    buffer.add(b"<!doctype h")
    with pytest.raises(MediaTypeUnsupportedError, match="Send JPEG, PNG, WebP or GIF"):
        buffer.add(b"t")


def test_files_share_an_allowance() -> None:
    allowance = Allowance(len(JPEG) + 10)
    _buffer(allowance=allowance).add(JPEG)
    with pytest.raises(MediaTooLargeError, match="in all"):
        _buffer(allowance=allowance).add(JPEG)


def test_small_audio_stays_in_memory() -> None:
    assert _audio(5_000).source() == WAV.ljust(5_000, b"x")


def test_large_audio_lies_in_a_file_without_a_name() -> None:
    spooled = _audio(MAX_BYTES_IN_MEMORY + 1)
    for _ in range(2):
        source = spooled.source()
        assert not isinstance(source, bytes)
        assert source.read() == WAV.ljust(MAX_BYTES_IN_MEMORY + 1, b"x")
        assert os.fstat(source.fileno()).st_nlink == 0


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux lists a process's open files")
@pytest.mark.parametrize("how", ["closed", "forgotten"])
def test_the_file_goes_when_it_is_closed_or_forgotten(how: str) -> None:
    before = _open_files()
    spooled = _audio(MAX_BYTES_IN_MEMORY + 1)
    assert len(_open_files() - before) == 1
    if how == "closed":
        spooled.close()
    else:
        del spooled
        gc.collect()
    assert not _open_files() - before


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux lists a process's open files")
def test_a_file_that_is_refused_half_way_leaves_nothing() -> None:
    before = _open_files()
    buffer = MediaBuffer(MediaPolicy("audio", 3_000_000, 1), Allowance(10_000_000))
    buffer.add(WAV.ljust(2_000_000))
    with pytest.raises(MediaTooLargeError):
        buffer.add(bytes(2_000_000))
    buffer.close()
    assert not _open_files() - before
