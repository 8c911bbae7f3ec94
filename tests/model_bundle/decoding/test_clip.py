import subprocess
import sys
from pathlib import Path
from time import monotonic

import numpy as np
import pytest

from model_bundle.decoding import clip, clip_decoder
from model_bundle.decoding.clip import ClipRequest, DecodedClip, decode_clip
from model_bundle.errors import (
    AudioTooShortError,
    AudioUndecodableError,
    MediaTooComplexError,
    MediaTooLongError,
    VideoTooLargeError,
    VideoUndecodableError,
)
from tests.clips import TONE, audio, repeated, video
from tests.drawn_clips import clip as drawn_clip
from tests.drawn_clips import shades, tone

AUDIO = ClipRequest("audio")
VIDEO = ClipRequest("video")


def _pitch(decoded: DecodedClip) -> float:
    """The loudest frequency of a waveform, in Hz."""
    assert decoded.waveform is not None
    middle = decoded.waveform[2_000:-2_000]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    return float(np.fft.rfftfreq(len(middle), 1 / decoded.sample_rate)[spectrum.argmax()])


@pytest.mark.parametrize(
    ("kind", "codec", "rate", "layout"),
    [
        ("wav", "pcm_s16le", 16_000, "mono"),
        ("wav", "pcm_u8", 8_000, "mono"),
        ("wav", "pcm_f32le", 192_000, "stereo"),
        ("wav", "pcm_s24le", 44_100, "5.1"),
        ("flac", "flac", 48_000, "stereo"),
        ("ogg", "libopus", 48_000, "mono"),
        ("mp3", "libmp3lame", 44_100, "stereo"),
        ("adts", "aac", 44_100, "mono"),
        ("mp4", "aac", 48_000, "5.1"),
        ("matroska", "libopus", 48_000, "stereo"),
        ("webm", "libopus", 48_000, "mono"),
        ("mpegts", "aac", 48_000, "stereo"),
    ],
)
def test_audio_of_every_format_becomes_a_waveform(kind: str, codec: str, rate: int, layout: str) -> None:
    decoded = decode_clip(audio(kind, codec, 1, rate, layout), AUDIO, isolated=False)
    assert decoded.waveform is not None
    assert decoded.waveform.dtype == np.float32
    assert (decoded.waveform.ndim, decoded.frames) == (1, ())
    assert abs(len(decoded.waveform) / 16_000 - 1) < 0.15
    assert abs(_pitch(decoded) - TONE) < 5
    assert 0.2 < np.abs(decoded.waveform).max() <= 1


@pytest.mark.parametrize(
    ("kind", "codec", "sound"),
    [
        ("mp4", "libx264", "aac"),
        ("mov", "mpeg4", "aac"),
        ("webm", "libvpx-vp9", "libopus"),
        ("matroska", "libx264", "flac"),
        ("mpegts", "mpeg2video", "mp2"),
        ("mpeg", "mpeg1video", "mp2"),
    ],
)
def test_video_of_every_format_becomes_sound_and_frames(kind: str, codec: str, sound: str) -> None:
    decoded = decode_clip(video(kind, codec, 2, sound=sound), VIDEO)
    assert decoded.waveform is not None
    assert abs(_pitch(decoded) - TONE) < 5
    assert abs(decoded.seconds - 2) < 0.2
    assert len(decoded.frames) == VIDEO.frames == len(decoded.frame_seconds)
    assert all(frame.shape == (48, 64, 3) and frame.dtype == np.uint8 for frame in decoded.frames)
    brightness = [frame.mean() for frame in decoded.frames]
    assert brightness[0] < 20
    assert brightness[-1] > 230
    assert brightness == sorted(brightness)
    assert list(decoded.frame_seconds) == sorted(decoded.frame_seconds)
    assert not decoded.warnings


def test_a_process_of_its_own_decodes_the_same(tmp_path: Path) -> None:
    content = video(seconds=3, size=(70, 50))
    (tmp_path / "a.mp4").write_bytes(content)
    here = decode_clip(content, VIDEO, isolated=False)
    with (tmp_path / "a.mp4").open("rb") as file:
        file.seek(5)
        for source in (content, tmp_path / "a.mp4", file):
            there = decode_clip(source, VIDEO)
            assert here.waveform is not None
            assert there.waveform is not None
            assert np.array_equal(here.waveform, there.waveform)
            assert np.array_equal(np.stack(here.frames), np.stack(there.frames))
            assert here.frame_seconds == there.frame_seconds


def test_only_what_is_wanted_is_decoded() -> None:
    silent = decode_clip(video(), ClipRequest("video", sample_rate=0), isolated=False)
    assert (silent.waveform, len(silent.frames), silent.warnings) == (None, 16, ())
    heard = decode_clip(video(), ClipRequest("video", frames=0), isolated=False)
    assert (heard.frames, heard.waveform is None, heard.warnings) == ((), False, ())
    assert decode_clip(video(), AUDIO, isolated=False).waveform is not None


@pytest.mark.parametrize("count", [1, 2, 3, 7, 16, 60])
def test_frames_are_evenly_spaced_from_the_first_to_about_the_last(count: int) -> None:
    decoded = decode_clip(video(seconds=4, sound=None), ClipRequest("video", frames=count), isolated=False)
    assert 1 <= len(decoded.frames) <= count
    if count > 1:
        gaps = np.diff(decoded.frame_seconds)
        assert decoded.frame_seconds[0] == 0
        assert decoded.frame_seconds[-1] > 4 - 2 * 4 / count - 0.1
        assert gaps.max() <= 2.1 * gaps.min() + 0.041


def test_large_frames_are_shrunk_and_small_ones_are_not() -> None:
    request = ClipRequest("video", max_side=100)
    shapes = {
        size: decode_clip(video(size=size), request, isolated=False).frames[0].shape for size in ((400, 100), (80, 60))
    }
    assert shapes == {(400, 100): (25, 100, 3), (80, 60): (60, 80, 3)}


def test_a_still_track_of_one_frame_is_a_clip() -> None:
    assert len(decode_clip(video(seconds=0.04, sound=None), VIDEO, isolated=False).frames) == 1


def test_what_a_clip_lacks_is_a_warning() -> None:
    silent = decode_clip(video(sound=None), VIDEO, isolated=False)
    assert (silent.waveform, [warning.code for warning in silent.warnings]) == (None, ["no_audio_track"])
    unseen = decode_clip(audio("mp4", "aac"), VIDEO, isolated=False)
    assert (unseen.frames, [warning.code for warning in unseen.warnings]) == ((), ["no_video_track"])
    short = decode_clip(video(seconds=0.12), VIDEO, isolated=False)
    assert "no_audio_track" in [warning.code for warning in short.warnings]


def test_audio_that_is_too_short_is_refused() -> None:
    with pytest.raises(AudioTooShortError, match=r"0\.20 seconds; at least 0\.25"):
        decode_clip(audio(seconds=0.2), AUDIO)
    assert decode_clip(audio(seconds=0.3), AUDIO).waveform is not None


@pytest.mark.parametrize("isolated", [True, False])
def test_limits_have_their_own_errors(isolated: bool) -> None:
    with pytest.raises(MediaTooLongError, match="more than 1 seconds"):
        decode_clip(audio(seconds=1.5), ClipRequest("audio", max_seconds=1), isolated)
    with pytest.raises(MediaTooLongError):
        decode_clip(video(seconds=3), ClipRequest("video", max_seconds=1), isolated)
    with pytest.raises(VideoTooLargeError, match=r"64 x 48 pixels; at most 3,071"):
        decode_clip(video(), ClipRequest("video", max_frame_pixels=64 * 48 - 1), isolated)
    with pytest.raises(MediaTooComplexError, match="too many frames"):
        decode_clip(repeated(200, 1000), ClipRequest("video", max_seconds=1), isolated)


def test_a_process_that_takes_too_long_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Popen(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *given: object, **more: object) -> None:
            super().__init__(*given, **more)  # type: ignore[call-overload]
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Popen)
    begun = monotonic()
    with pytest.raises(MediaTooComplexError, match=r"longer than 0\.01 seconds"):
        decode_clip(audio(), ClipRequest("audio", deadline_seconds=0.01))
    assert monotonic() - begun < 2
    assert started[0].returncode == -9


@pytest.mark.parametrize(
    ("program", "error"),
    [
        ("import os; os.kill(os.getpid(), 11)", AudioUndecodableError),
        ("import os; os.abort()", AudioUndecodableError),
        ("import os; os.kill(os.getpid(), 9)", MediaTooComplexError),
        ("import os; os.kill(os.getpid(), 24)", MediaTooComplexError),
        ("raise SystemExit(3)", MediaTooComplexError),
        ('print(\'{"seconds": 1, "warnings": [], "samples": 9, "frames": []}\')', MediaTooComplexError),
        ("import sys\nwhile True: sys.stdout.write('x' * 65536)", MediaTooComplexError),
    ],
)
def test_a_process_that_dies_is_no_fault_of_the_service(
    program: str, error: type[Exception], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "program.py").write_text(program, encoding="utf-8")
    monkeypatch.setattr(clip_decoder, "__file__", str(tmp_path / "program.py"))
    with pytest.raises(error):
        decode_clip(audio(), AUDIO)


def test_the_process_gets_neither_our_secrets_nor_our_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = """
import json, os
message = f"{dict(os.environ)} {sorted(os.listdir('/proc/self/fd'))}"
print(json.dumps({"code": "audio_undecodable", "message": message}))
"""
    (tmp_path / "program.py").write_text(program, encoding="utf-8")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
    monkeypatch.setattr(clip_decoder, "__file__", str(tmp_path / "program.py"))
    with (tmp_path / "ours").open("wb"), pytest.raises(AudioUndecodableError) as raised:
        decode_clip(audio(), AUDIO)
    assert "very-secret" not in str(raised.value)
    assert str(sorted(["0", "1", "2", "3"])) in str(raised.value)  # 3 is the folder that is listed


def test_the_process_limits_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clip, "MAX_EXTRA_BYTES", 4 * 1024 * 1024)
    with pytest.raises(MediaTooComplexError, match="memory"):
        decode_clip(video(seconds=4, size=(1280, 720)), VIDEO)


def test_it_is_not_imported_before_it_is_needed() -> None:
    program = "import sys, model_bundle.decoding.clip; assert 'av' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path.cwd())


def test_other_files_are_refused() -> None:
    for content in (b"", b"A text.", b"#EXTM3U\nhttp://127.0.0.1/a.ts\n", b"GIF89a" + bytes(100)):
        with pytest.raises(VideoUndecodableError, match="no format that is decoded"):
            decode_clip(content, VIDEO)


def test_a_track_that_is_not_wanted_may_be_longer() -> None:
    longer_sound = drawn_clip(shades(4), tone(2.0))
    seen = decode_clip(longer_sound, ClipRequest("video", sample_rate=0), isolated=False)
    heard = decode_clip(longer_sound, ClipRequest("video", frames=0), isolated=False)
    assert (len(seen.frames), seen.warnings, heard.warnings) == (4, (), ())


def test_a_video_without_the_only_track_that_is_wanted_is_no_damaged_one() -> None:
    silent = decode_clip(video(sound=None), ClipRequest("video", frames=0), isolated=False)
    assert [warning.code for warning in silent.warnings] == ["no_audio_track"]
    unseen = decode_clip(audio("mp4", "aac"), ClipRequest("video", sample_rate=0), isolated=False)
    assert [warning.code for warning in unseen.warnings] == ["no_video_track"]


@pytest.mark.parametrize(("seconds", "expected"), [(0.8, 3), (2.5, 7), (30, 64)])
def test_longer_videos_have_as_many_frames_in_each_window(seconds: float, expected: int) -> None:
    request = ClipRequest("video", sample_rate=0, frames=3, window_seconds=1)
    decoded = decode_clip(video(seconds=seconds, sound=None, rate=10), request, isolated=False)
    assert len(decoded.frames) == expected
    assert decoded.frame_seconds[0] == 0
    assert decoded.frame_seconds[-1] == pytest.approx(seconds, abs=0.2)
    assert np.diff(decoded.frame_seconds).max() < 1
