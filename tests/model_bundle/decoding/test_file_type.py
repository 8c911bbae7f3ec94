from io import BytesIO

import pytest
from PIL import Image

from model_bundle.decoding.file_type import SIGNATURE_BYTES, file_type
from tests.clips import audio, video


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_images_are_known_by_their_first_twelve_bytes(kind: str) -> None:
    file = BytesIO()
    Image.new("RGB", (3, 2)).save(file, kind)
    found = file_type(file.getvalue()[:12])
    assert found is not None
    assert (found.name.upper(), sorted(found.kinds), found.demuxer) == (kind, ["image"], "")


@pytest.mark.parametrize("kind", ["TIFF", "BMP", "ICO", "PDF", "PPM", "TGA", "PCX", "AVIF", "JPEG2000"])
def test_no_other_image_is(kind: str) -> None:
    file = BytesIO()
    Image.new("RGB", (16, 16)).save(file, kind)
    assert file_type(file.getvalue()) is None


@pytest.mark.parametrize(
    ("container", "codec", "demuxer"),
    [
        ("wav", "pcm_s16le", "wav"),
        ("flac", "flac", "flac"),
        ("ogg", "libopus", "ogg"),
        ("mp3", "libmp3lame", "mp3"),
        ("mp2", "mp2", "mp3"),
        ("adts", "aac", "aac"),
        ("mp4", "aac", "mov"),
        ("matroska", "libopus", "matroska"),
        ("mpegts", "aac", "mpegts"),
    ],
)
def test_audio_is_known_by_its_content(container: str, codec: str, demuxer: str) -> None:
    content = audio(container, codec, 1, 48_000, "stereo")
    found = file_type(content[:SIGNATURE_BYTES])
    assert found is not None
    assert "audio" in found.kinds
    assert found.demuxer == demuxer


def test_mp3_without_a_tag_is_known() -> None:
    content = audio("mp3", "libmp3lame", 1, 44_100)
    assert content[:3] == b"ID3"
    start = 10 + int.from_bytes(content[6:10], "big")
    found = file_type(content[start:])
    assert found is not None
    assert found.name == "MP3"


@pytest.mark.parametrize(
    ("container", "codec", "demuxer"),
    [
        ("mp4", "libx264", "mov"),
        ("mov", "mpeg4", "mov"),
        ("webm", "libvpx", "matroska"),
        ("mpegts", "mpeg2video", "mpegts"),
        ("mpeg", "mpeg1video", "mpeg"),
        ("mpeg1video", "mpeg1video", "mpegvideo"),
    ],
)
def test_video_is_known_by_its_content(container: str, codec: str, demuxer: str) -> None:
    found = file_type(video(container, codec, 0.5, sound=None)[:SIGNATURE_BYTES])
    assert found is not None
    assert "video" in found.kinds
    assert found.demuxer == demuxer


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        "UTF-16".encode("utf-16"),
        b"\xff\xfe<\0s\0v\0g\0",
        b"G" * 100,
        b"GIF8",
        b"RIFF\0\0\0\0AVI LIST",
        b"#EXTM3U\n",
        b"ffconcat version 1.0\n",
        b"<?xml version='1.0'?><MPD/>",
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\n",
        b"FLV\1",
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
        b"FORM\0\0\0\0AIFF",
        bytes(600),
    ],
)
def test_nothing_else_is_known(content: bytes) -> None:
    assert file_type(content) is None
