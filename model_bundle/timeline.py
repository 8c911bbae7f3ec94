"""Long clips in windows: what is seen and heard in each part of them."""

from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Final

from model_bundle.item import ClipSource, Item

if TYPE_CHECKING:
    from model_bundle.decoding.clip import DecodedClip

WINDOW_SECONDS: Final = 10.0
"""Longest window, and longest clip that is not cut."""
MAX_WINDOWS: Final = 12
"""Windows of clips that would have more are longer."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a clip."""

    start_seconds: float
    end_seconds: float
    item: Item
    """What is seen and heard in it. The text, which belongs to the whole clip, is not in it."""


def windows(item: Item) -> list[Window]:
    """Cut the decoded audio and video of an item into windows of equal length; none for a short clip, or no clip."""
    sound, sight = _decoded(item.audio) or _decoded(item.video), _decoded(item.video)
    seconds = max((clip.seconds for clip in (sound, sight) if clip is not None), default=0)
    if seconds <= WINDOW_SECONDS:
        return []
    count = min(MAX_WINDOWS, ceil(seconds / WINDOW_SECONDS))
    edges = [number * seconds / count for number in range(count + 1)]
    return [Window(start, end, _part(sound, sight, start, end)) for start, end in pairwise(edges)]


def _decoded(source: ClipSource | None) -> "DecodedClip | None":
    if source is None:
        return None
    from model_bundle.decoding.clip import DecodedClip  # only for those who have a clip

    return source if isinstance(source, DecodedClip) else None


def _part(sound: "DecodedClip | None", sight: "DecodedClip | None", start: float, end: float) -> Item:
    """Return one clip of sound and frames: as a video, so that a window may lack either."""
    from model_bundle.decoding.clip import DecodedClip

    waveform, rate = None, 0
    if sound is not None and sound.waveform is not None:
        rate = sound.sample_rate
        waveform = sound.waveform[round(start * rate) : round(end * rate)]
    shown = []
    if sight is not None:
        is_last = end >= sight.seconds
        times = zip(sight.frame_seconds, sight.frames, strict=True)
        shown = [(time, frame) for time, frame in times if start <= time and (time < end or is_last)]
    return Item(
        video=DecodedClip(
            seconds=end - start,
            sample_rate=rate,
            waveform=waveform,
            frames=tuple(frame for _, frame in shown),
            frame_seconds=tuple(time - start for time, _ in shown),
        )
    )
