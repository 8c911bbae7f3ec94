from dataclasses import replace

import numpy as np
import pytest

from model_bundle import Item, ValenceError
from model_bundle.decoding.clip import ClipRequest, decode_clip
from model_bundle.errors import AudioTooShortError
from model_bundle.prediction import PredictionWarning
from model_bundle.readers.audio import AudioReader
from tests.drawn_clips import RATE, clip, recording, shades, tone

READER = AudioReader(RATE, min_seconds=0.25, max_seconds=2.0, trim_silence=False)


@pytest.mark.parametrize(
    ("rate", "layout", "codec"),
    [
        (16_000, "mono", "pcm_s16le"),
        (44_100, "stereo", "pcm_s16le"),
        (192_000, "5.1", "pcm_s24le"),
        (8000, "mono", "pcm_u8"),
    ],
)
def test_any_recording_becomes_mono_at_the_models_rate(rate: int, layout: str, codec: str) -> None:
    arrays = READER.read(Item(audio=recording(tone(1.0, 440, rate), rate, layout, codec))).arrays
    assert arrays is not None
    waveform = arrays["waveform"]
    assert waveform.dtype == np.float32
    assert waveform.size == RATE
    assert np.abs(np.fft.rfft(waveform)).argmax() == 440


def test_what_is_too_long_loses_its_end() -> None:
    arrays = READER.read(Item(audio=recording(tone(3.0)))).arrays
    assert arrays is not None
    assert arrays["waveform"].shape == (2 * RATE,)
    assert arrays["sample_counts"] == 2 * RATE


def test_a_video_is_heard_and_a_recording_beside_it_comes_first() -> None:
    video = clip(shades(20), tone(1.2))
    heard, replaced = READER.read(Item(video=video)), READER.read(Item(video=video, audio=recording(tone(0.5))))
    assert heard.arrays is not None
    assert heard.arrays["waveform"].size >= 1.2 * RATE
    assert replaced.arrays is not None
    assert replaced.arrays["waveform"].size == RATE // 2


def test_a_silent_video_has_no_sound() -> None:
    reading = READER.read(Item(video=clip(shades(5))))
    assert reading.arrays is None
    assert [warning.code for warning in reading.warnings] == ["no_audio_track"]
    assert READER.read(Item("words")).arrays is None


@pytest.mark.parametrize("content", [b"", b"RIFF", b"\0" * 5000, recording(tone(1.0))[:30]])
def test_what_is_no_recording_is_refused(content: bytes) -> None:
    with pytest.raises(ValenceError) as caught:
        READER.read(Item(audio=content))
    assert caught.value.code == "audio_undecodable"


def test_a_click_is_too_short() -> None:
    with pytest.raises(ValenceError, match=r"0\.20 seconds; at least 0\.25") as caught:
        READER.read(Item(audio=recording(tone(0.2))))
    assert caught.value.code == "audio_too_short"


def test_silence_around_a_voice_is_left_out() -> None:
    silence = np.zeros(RATE, np.float32)
    reader = AudioReader(RATE, min_seconds=0.25, max_seconds=9.0, trim_silence=True)
    trimmed, quiet = (
        reader.read(Item(audio=recording(waveform))).arrays
        for waveform in (np.concatenate([silence, tone(1.0), silence]), silence)
    )
    assert trimmed is not None
    assert quiet is not None
    assert 1.0 * RATE <= trimmed["waveform"].size <= 1.3 * RATE
    assert quiet["waveform"].size == RATE


def test_shorter_sounds_are_padded() -> None:
    rows = [READER.read(Item(audio=recording(tone(seconds)))).arrays for seconds in (0.5, 1.0)]
    stacked = READER.stack([row for row in rows if row is not None])
    assert stacked["waveform"].shape == (2, RATE)
    assert stacked["sample_counts"].tolist() == [RATE // 2, RATE]
    assert not stacked["waveform"][0, RATE // 2 :].any()


def test_a_decoded_clip_is_read_as_it_is() -> None:
    decoded = decode_clip(clip(shades(20), tone(1.2)), ClipRequest("video"))
    from_file, from_decoded = (
        READER.read(Item(video=source)).arrays for source in (clip(shades(20), tone(1.2)), decoded)
    )
    assert from_file is not None
    assert from_decoded is not None
    assert np.array_equal(from_file["waveform"], from_decoded["waveform"])


def test_warnings_of_decoding_are_passed_on() -> None:
    warning = PredictionWarning("media_incomplete", "The file is damaged.")
    decoded = replace(decode_clip(recording(tone(1.0)), ClipRequest("audio")), warnings=(warning,))
    assert READER.read(Item(audio=decoded)).warnings == (warning,)
    silent = replace(decoded, waveform=None)
    assert [warning.code for warning in READER.read(Item(video=silent)).warnings] == [
        "media_incomplete",
        "no_audio_track",
    ]
    with pytest.raises(AudioTooShortError):
        READER.read(Item(audio=silent))
