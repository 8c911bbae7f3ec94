"""Recordings and clips that are made on the spot."""

from io import BytesIO
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

RATE = 16_000


def tone(seconds: float, hertz: float = 440.0, rate: int = RATE) -> NDArray[np.float32]:
    """Return a tone, float32 [samples]."""
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def recording(waveform: NDArray[np.float32], rate: int = RATE, layout: str = "mono", codec: str = "pcm_s16le") -> bytes:
    """Return a WAV file of a waveform float32 [samples], the same in each channel."""
    content = BytesIO()
    with av.open(content, "w", format="wav") as container:
        stream: Any = container.add_stream(codec, rate=rate, layout=layout)
        _write_sound(container, stream, waveform, rate, layout)
    return content.getvalue()


def clip(
    pictures: list[NDArray[np.uint8]], waveform: NDArray[np.float32] | None = None, fps: int = 15, kind: str = "mp4"
) -> bytes:
    """Return a clip of images uint8 [height, width, 3], with a waveform float32 [samples] at 16 kHz or silent."""
    content = BytesIO()
    with av.open(content, "w", format=kind) as container:
        video = container.add_stream("mpeg4" if kind == "mp4" else "libvpx", rate=fps)
        video.height, video.width = pictures[0].shape[:2]
        video.pix_fmt = "yuv420p"
        codec = "aac" if kind == "mp4" else "libopus"
        sound: Any = None if waveform is None else container.add_stream(codec, rate=RATE, layout="mono")
        for picture in pictures:
            container.mux(video.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")))
        container.mux(video.encode(None))
        if waveform is not None and sound is not None:
            _write_sound(container, sound, waveform, RATE, "mono")
    return content.getvalue()


def _write_sound(
    container: OutputContainer, stream: AudioStream, waveform: NDArray[np.float32], rate: int, layout: str
) -> None:
    channels = av.AudioLayout(layout).nb_channels
    frame = av.AudioFrame.from_ndarray(np.tile(waveform, (channels, 1)), format="fltp", layout=layout)
    frame.sample_rate = rate
    container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def shades(count: int, side: int = 64) -> list[NDArray[np.uint8]]:
    """Return images from black to white, uint8 [side, side, 3] each."""
    return [np.full((side, side, 3), value, np.uint8) for value in np.linspace(0, 255, count).astype(int)]


def drawn_face(
    width: int = 320, height: int = 240, at: tuple[int, int] = (160, 120), size: int = 70
) -> NDArray[np.uint8]:
    """Return a drawing of a face, uint8 [height, width, 3], which a face detector takes for one."""
    image = Image.new("RGB", (width, height), (110, 120, 130))
    draw = ImageDraw.Draw(image)
    x, y = at

    def oval(across: float, down: float, wide: float, high: float, colour: tuple[int, int, int]) -> None:
        centre = (x + across * size, y + down * size)
        draw.ellipse(
            (centre[0] - wide * size, centre[1] - high * size, centre[0] + wide * size, centre[1] + high * size), colour
        )

    oval(0, -0.15, 1.02, 1.3, (60, 40, 30))
    oval(0, 0.05, 0.85, 1.15, (224, 180, 150))
    for side in (-1, 1):
        oval(0.36 * side, -0.12, 0.19, 0.1, (250, 250, 250))
        oval(0.36 * side, -0.12, 0.09, 0.09, (50, 30, 20))
        oval(0.36 * side, -0.36, 0.24, 0.05, (60, 40, 30))
    oval(0, 0.2, 0.1, 0.16, (200, 150, 120))
    oval(0, 0.62, 0.32, 0.1, (170, 70, 70))
    return np.array(image.filter(ImageFilter.GaussianBlur(size / 30)))
