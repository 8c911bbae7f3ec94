import numpy as np
import pytest

from model_bundle import Item
from model_bundle.decoding.clip import DecodedClip
from model_bundle.timeline import MAX_WINDOWS, WINDOW_SECONDS, Window, windows

RATE = 100


def clip(seconds: float, frames: int = 0, has_sound: bool = True) -> DecodedClip:
    """Return a clip whose samples and frames say when they are."""
    times = np.linspace(0, seconds, frames)
    return DecodedClip(
        seconds=seconds,
        sample_rate=RATE,
        waveform=(np.arange(seconds * RATE) / RATE).astype(np.float32) if has_sound else None,
        frames=tuple(np.full((2, 2, 3), round(time), np.uint8) for time in times),
        frame_seconds=tuple(times.tolist()),
    )


def part(window: Window) -> DecodedClip:
    assert isinstance(window.item.video, DecodedClip)
    return window.item.video


@pytest.mark.parametrize(
    "item", [Item("words"), Item(audio=b"file"), Item(image=b"image"), Item(video=clip(WINDOW_SECONDS, frames=4))]
)
def test_what_is_short_or_not_decoded_is_not_cut(item: Item) -> None:
    assert windows(item) == []


def test_windows_are_of_equal_length_and_hold_what_is_in_them() -> None:
    found = windows(Item("words", video=clip(25, frames=26)))
    assert [(window.start_seconds, window.end_seconds) for window in found] == [
        pytest.approx((25 * number / 3, 25 * (number + 1) / 3)) for number in range(3)
    ]
    for window in found:
        shown = [int(frame[0, 0, 0]) for frame in part(window).frames]
        inner = [time for time in range(26) if window.start_seconds <= time < window.end_seconds]
        assert shown == (inner if window.end_seconds < 25 else [*inner, 25])
        waveform = part(window).waveform
        assert waveform is not None
        assert (waveform[0], waveform[-1]) == pytest.approx((window.start_seconds, window.end_seconds), abs=0.02)
        assert window.item.text is None


def test_audio_replaces_the_sound_of_a_video_and_may_end_before_it() -> None:
    first, second = windows(Item(audio=clip(8), video=clip(20, frames=4, has_sound=False)))
    assert [len(part(window).frames) for window in (first, second)] == [2, 2]
    sounds = [part(window).waveform for window in (first, second)]
    assert [sound.size for sound in sounds if sound is not None] == [8 * RATE, 0]


def test_audio_alone_is_cut_too() -> None:
    assert [part(window).frames for window in windows(Item(audio=clip(15)))] == [(), ()]


def test_there_are_never_many_windows() -> None:
    assert len(windows(Item(audio=clip(3600)))) == MAX_WINDOWS
