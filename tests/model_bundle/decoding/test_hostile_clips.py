"""Broken and hostile audio and video, each with what it gets, in bounded time."""

import random
import struct
from collections.abc import Callable
from functools import cache, partial
from io import BytesIO
from time import monotonic

import av
import pytest

from model_bundle.decoding.clip import ClipRequest, decode_clip
from model_bundle.errors import ValenceError
from tests.clips import audio, repeated, video, with_tracks

SECONDS = 10
"""Far more than any of them takes on a busy machine; the deadline is twice as long."""
UNDECODABLE = "undecodable"
TOO_LONG = "media_too_long"
TOO_COMPLEX = "media_too_complex"
TOO_LARGE = "video_too_large"


def answered(*warnings: str) -> str:
    """What a clip that is decoded gets."""
    return " ".join(("decoded", *warnings))


@cache
def mp4() -> bytes:
    return video(seconds=2)


@cache
def fragmented_mp4() -> bytes:
    return video(seconds=2, container_options={"movflags": "frag_keyframe+empty_moov"})


@cache
def webm() -> bytes:
    return video("webm", "libvpx", 2, sound="libopus")


@cache
def transport() -> bytes:
    return video("mpegts", "mpeg2video", 2, sound="mp2")


@cache
def wav() -> bytes:
    return audio(seconds=2)


@cache
def mp3() -> bytes:
    return audio("mp3", "libmp3lame", 2, 44_100, "stereo")


@cache
def flac() -> bytes:
    return audio("flac", "flac", 2)


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def patched(content: bytes, found: bytes, put: bytes, skip: int = 0) -> bytes:
    """Overwrite what stands `skip` bytes behind each occurrence of `found`."""
    assert found in content
    result, place = bytearray(content), content.find(found)
    while place >= 0:
        result[place + len(found) + skip : place + len(found) + skip + len(put)] = put
        place = content.find(found, place + len(found))
    return bytes(result)


def damaged(make: Callable[[], bytes], seed: int) -> bytes:
    result, chosen = bytearray(make()), random.Random(seed)
    for _ in range(40):
        result[chosen.randrange(16, len(result))] = chosen.randrange(256)
    return bytes(result)


def endless_duration() -> bytes:
    """Matroska's Duration, 4489, a float of 8 bytes, set to infinity."""
    return patched(video("matroska", seconds=1), b"\x44\x89\x88", struct.pack(">d", float("inf")))


def long_duration() -> bytes:
    """A movie header that announces months."""
    return patched(mp4(), b"mvhd", b"\x7f\xff\xff\xff", skip=16)


def huge_vp8() -> bytes:
    """16,383 x 16,383 in the track's header and in the key frame's."""
    content = patched(video("webm", "libvpx", 0.1, (300, 300), sound=None), b"\x9d\x01\x2a", b"\xff\x3f\xff\x3f")
    for side in (b"\xb0\x82", b"\xba\x82"):  # PixelWidth and PixelHeight, two bytes each
        content = content.replace(side + b"\x01\x2c", side + b"\x3f\xff")
    return content


def huge_mpeg1() -> bytes:
    """A sequence header, 000001B3, of 4,095 x 4,095."""
    return patched(video("mpeg", "mpeg1video", 1, sound="mp2"), b"\0\0\1\xb3", b"\xff\xff\xff")


def outside_reference() -> bytes:
    """A data reference that is not this file but another, by its name."""
    content = mp4()
    place = content.index(b"url \0\0\0\1")
    return content[: place + 4] + b"\0\0\0\0" + content[place + 8 :]


def late_second_frame() -> bytes:
    file, given = BytesIO(), BytesIO(video("matroska", "mpeg4", 0.2, sound=None))
    with av.open(given, "r") as source, av.open(file, "w", format="matroska") as container:
        stream = container.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(packet for packet in source.demux(video=0) if packet.size):
            packet.stream = stream
            packet.pts = packet.dts = number * 36_000_000
            container.mux(packet)
    return file.getvalue()


def with_cover() -> bytes:
    file = BytesIO()
    with av.open(file, "w", format="matroska") as container, av.open(BytesIO(wav()), "r") as given:
        stream = container.add_stream_from_template(given.streams.audio[0])
        container.add_attachment("cover.sh", "application/x-sh", b"#!/bin/sh\nrm -rf /\n" * 1000)
        for packet in given.demux(audio=0):
            if packet.size:
                packet.stream = stream
                container.mux(packet)
    return file.getvalue()


def junk(beginning: bytes) -> Callable[[], bytes]:
    return lambda: beginning + random.Random(1).randbytes(50_000)


VIDEO: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (bytes, UNDECODABLE),
    "a text": (lambda: b"Not a clip.", UNDECODABLE),
    "a playlist that points inside": (lambda: b"#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1/a.ts\n", UNDECODABLE),
    "a playlist of files": (lambda: b"ffconcat version 1.0\nfile /etc/passwd\n", UNDECODABLE),
    "a session description": (lambda: b"v=0\nc=IN IP4 10.0.0.1\nm=video 9 RTP/AVP 96\n", UNDECODABLE),
    "a manifest": (lambda: b'<?xml version="1.0"?><MPD><BaseURL>file:///etc/</BaseURL></MPD>', UNDECODABLE),
    "a file type alone": (lambda: b"\0\0\0\x18ftypisom\0\0\2\0isomiso2", UNDECODABLE),
    "a file type and a playlist": (lambda: b"\0\0\0\x18ftypisom\0\0\2\0isomiso2#EXTM3U\nhttp://10.0.0.1/", UNDECODABLE),
    "an animated GIF": (lambda: b"GIF89a" + bytes(100), UNDECODABLE),
    "an AVI": (lambda: video("avi", "mpeg4", 0.5, sound=None), UNDECODABLE),
    "an FLV": (lambda: video("flv", "flv", 0.5, sound=None), UNDECODABLE),
    "half an MP4 with its index at the end": (lambda: half(mp4()), UNDECODABLE),
    "half an MP4 in fragments": (lambda: half(fragmented_mp4()), answered("media_incomplete")),
    "half a WebM": (lambda: half(webm()), answered("media_incomplete")),
    "half a transport stream": (lambda: half(transport()), "decoded"),
    "a transport stream that lacks its beginning": (lambda: transport()[188 * 40 :], "decoded"),
    "an MP4 called something else": (lambda: mp4().replace(b"isom", b"M4A "), "decoded"),
    "a hundred tracks": (lambda: with_tracks(100), TOO_COMPLEX),
    "ten thousand frames in a second": (lambda: repeated(10_000, 10_000), TOO_COMPLEX),
    "frames of 16,383 x 16,383": (huge_vp8, TOO_LARGE),
    "frames of 4,095 x 4,095": (huge_mpeg1, TOO_LARGE),
    "an infinite duration": (endless_duration, "decoded"),
    "a duration of months": (long_duration, "decoded"),
    "a second frame after ten hours": (late_second_frame, TOO_LONG),
    "a minute too much": (lambda: video(seconds=61, rate=2, sound=None), TOO_LONG),
    "a data reference to another file": (outside_reference, "decoded"),
    "a codec that nobody needs": (lambda: video("matroska", "ffv1", 0.5, sound=None), UNDECODABLE),
    "sound alone": (lambda: audio("mp4", "aac", 1, 48_000, "stereo"), answered("no_video_track")),
    "pictures alone": (lambda: video(sound=None), answered("no_audio_track")),
    "two sizes in one stream": (
        lambda: transport() + video("mpegts", "mpeg2video", 1, (128, 96), sound="mp2"),
        "decoded",
    ),
    "a type and noise: MP4": (junk(b"\0\0\0\x18ftypisom\0\0\2\0isomiso2"), UNDECODABLE),
    "a type and noise: WebM": (junk(b"\x1a\x45\xdf\xa3"), UNDECODABLE),
    "a type and noise: MPEG": (junk(b"\0\0\1\xba"), UNDECODABLE),
    "a type and noise: MPEG video": (junk(b"\0\0\1\xb3"), "anything"),
    **{f"damaged MP4 {seed}": (partial(damaged, mp4, seed), "anything") for seed in range(4)},
    **{f"damaged WebM {seed}": (partial(damaged, webm, seed), "anything") for seed in range(4)},
}
AUDIO: dict[str, tuple[Callable[[], bytes], str]] = {
    "a WAV header alone": (lambda: wav()[:44], UNDECODABLE),
    "half a WAV": (lambda: half(wav()), "decoded"),
    "half an MP3": (lambda: half(mp3()), "decoded"),
    "half a FLAC": (lambda: half(flac()), answered("media_incomplete")),
    "a fifth of a second": (lambda: audio(seconds=0.2), "audio_too_short"),
    "eight bits": (lambda: audio(codec="pcm_u8", rate=8_000), "decoded"),
    "six channels": (lambda: audio(codec="pcm_s16le", rate=48_000, layout="5.1"), "decoded"),
    "192 kHz": (lambda: audio(codec="pcm_s24le", rate=192_000, layout="stereo"), "decoded"),
    "two rates in one stream": (lambda: mp3() + audio("mp3", "libmp3lame", 1, 22_050), "decoded"),
    "a minute too much": (lambda: audio(seconds=61, rate=8_000), TOO_LONG),
    "a rate of 4 GHz": (lambda: patched(wav(), b"fmt ", b"\xff\xff\xff\xff", skip=8), UNDECODABLE),
    "no rate": (lambda: patched(wav(), b"fmt ", bytes(4), skip=8), UNDECODABLE),
    "no channels": (lambda: patched(wav(), b"fmt ", bytes(2), skip=6), UNDECODABLE),
    "65,535 channels": (lambda: patched(wav(), b"fmt ", b"\xff\xff", skip=6), UNDECODABLE),
    "an attachment": (with_cover, "decoded"),
    "a silent clip": (lambda: video(sound=None), UNDECODABLE),
    "a type and noise: MP3": (junk(b"ID3\4\0\0\0\0\0\0"), "anything"),
    "a type and noise: Ogg": (junk(b"OggS"), UNDECODABLE),
    "a type and noise: FLAC": (junk(b"fLaC"), UNDECODABLE),
    "a type and noise: AAC": (junk(b"\xff\xf1"), "anything"),
    "an endless tag": (lambda: b"ID3\4\0\0\x7f\x7f\x7f\x7f" + mp3(), UNDECODABLE),
    **{f"damaged FLAC {seed}": (partial(damaged, flac, seed), "anything") for seed in range(3)},
}


def _outcome(content: bytes, request: ClipRequest) -> str:
    try:
        return answered(*sorted(warning.code for warning in decode_clip(content, request).warnings))
    except ValenceError as error:
        return error.code if len(str(error)) < 250 else "an explanation that nobody reads"


def _check(content: bytes, request: ClipRequest, expected: str) -> None:
    started = monotonic()
    outcome = _outcome(content, request)
    assert monotonic() - started < SECONDS
    if expected == UNDECODABLE:
        assert outcome == f"{request.kind}_undecodable"
    elif expected == "decoded":
        assert outcome in ("decoded", answered("media_incomplete"))
    elif expected != "anything":
        assert outcome == expected


@pytest.mark.parametrize("name", VIDEO)
def test_a_hostile_video_gets_its_code_in_time(name: str) -> None:
    make, expected = VIDEO[name]
    _check(make(), ClipRequest("video"), expected)


@pytest.mark.parametrize("name", AUDIO)
def test_a_hostile_audio_file_gets_its_code_in_time(name: str) -> None:
    make, expected = AUDIO[name]
    _check(make(), ClipRequest("audio"), expected)


@pytest.mark.slow
def test_a_million_frames_are_refused_in_time() -> None:
    _check(repeated(1_000_000, 20_000), ClipRequest("video"), TOO_COMPLEX)


def test_the_table_is_long() -> None:
    assert len(VIDEO) + len(AUDIO) > 60
