"""Audio and video for tests, made on the spot."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any, Final

import av
import numpy as np

FRAME_RATE: Final = 25
TONE: Final = 440
"""Hz."""


def audio(
    kind: str = "wav",
    codec: str = "pcm_s16le",
    seconds: float = 1,
    rate: int = 16_000,
    layout: str = "mono",
) -> bytes:
    """Return a file with a tone."""
    file = BytesIO()
    with av.open(file, "w", format=kind) as container:
        _add_tone(container, codec, seconds, rate, layout)
    return file.getvalue()


def video(
    kind: str = "mp4",
    codec: str = "libx264",
    seconds: float = 1,
    size: tuple[int, int] = (64, 48),
    sound: str | None = "aac",
    rate: int = FRAME_RATE,
    container_options: dict[str, str] | None = None,
) -> bytes:
    """Return a clip that brightens from black, with a tone of the same length if there is a codec for it."""
    file = BytesIO()
    with av.open(file, "w", format=kind, options=container_options or {}) as container:
        stream: Any = container.add_stream(codec, rate=rate)
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        count = max(1, round(seconds * rate))
        # Its tracks are known before the first packet is written.
        tone = _tone_stream(container, sound, 48_000, "stereo") if sound else None
        for number in range(count):
            grey = round(255 * number / max(1, count - 1))
            frame = av.VideoFrame.from_ndarray(np.full((size[1], size[0], 3), grey, np.uint8), format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if tone is not None:
            _encode_tone(container, tone, seconds, 48_000, "stereo")
    return file.getvalue()


def repeated(count: int, frames_per_second: int, size: tuple[int, int] = (16, 16)) -> bytes:
    """Return a Matroska clip whose one frame is there `count` times."""
    source, file = BytesIO(video("matroska", "mpeg4", 0.04, size, sound=None)), BytesIO()
    with av.open(source, "r") as given, av.open(file, "w", format="matroska") as container:
        stream = container.add_stream_from_template(given.streams.video[0])
        [content] = [bytes(packet) for packet in given.demux(video=0) if packet.size]
        for number in range(count):
            packet = av.Packet(content)
            packet.stream, packet.is_keyframe = stream, True
            assert stream.time_base is not None
            packet.time_base = stream.time_base
            packet.pts = packet.dts = round(number * 1000 / frames_per_second)
            container.mux(packet)
    return file.getvalue()


def with_tracks(count: int, seconds: float = 0.5) -> bytes:
    """Return a Matroska file of so many audio tracks."""
    file = BytesIO()
    with av.open(file, "w", format="matroska") as container:
        streams = [_tone_stream(container, "pcm_s16le", 8_000, "mono") for _ in range(count)]
        for stream in streams:
            _encode_tone(container, stream, seconds, 8_000, "mono")
    return file.getvalue()


def _add_tone(container: Any, codec: str, seconds: float, rate: int, layout: str) -> None:
    _encode_tone(container, _tone_stream(container, codec, rate, layout), seconds, rate, layout)


def _tone_stream(container: Any, codec: str, rate: int, layout: str) -> Any:
    return container.add_stream(codec, rate=rate, layout=layout)


def _encode_tone(container: Any, stream: Any, seconds: float, rate: int, layout: str) -> None:
    samples = round(seconds * rate)
    wave = 0.5 * np.sin(2 * np.pi * TONE * np.arange(samples) / rate).astype(np.float32)
    for frame in _frames(wave, rate, layout):
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def _frames(wave: Any, rate: int, layout: str) -> Iterable[Any]:
    channels = av.AudioLayout(layout).nb_channels
    for start in range(0, len(wave), 1024):
        piece = np.ascontiguousarray(np.tile(wave[start : start + 1024], (channels, 1)))
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout=layout)
        frame.sample_rate, frame.pts = rate, start
        yield frame
