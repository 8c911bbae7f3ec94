"""Audio and video files to a waveform and sampled frames, with FFmpeg's libraries.

This file is a program too: `clip.py` runs it in a process of its own, which may be killed or crash without harm. It
imports nothing of this package, nor numpy, so that the process starts in a tenth of a second.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from errno import ENOMEM
from math import ceil
from typing import IO, TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from av import AudioFrame, AudioResampler, AudioStream, Packet, VideoFrame, VideoStream
    from av.container import InputContainer

MAX_TRACKS: Final = 32
MAX_FRAMES_PER_SECOND: Final = 120
"""Of playing time that is allowed, whether or not they are played in it."""
MAX_PACKETS: Final = 200_000
MAX_DAMAGED_PACKETS: Final = 100
MAX_WINDOW_FRAMES: Final = 64
"""Of all windows together: each takes megabytes."""
HELD_PIXELS: Final = 1280 * 720
"""Frames up to this size are converted once it is known that they are needed, larger ones at once."""
WHOLE_SHARE: Final = 0.9
"""Share of the duration that a file announces which must be there for it to be whole."""

DECODERS: Final = frozenset(
    {
        *("h264", "hevc", "vp8", "vp9", "libvpx", "libvpx-vp9", "av1", "libdav1d", "mpeg1video", "mpeg2video"),
        *("mpegvideo", "mpeg4", "theora", "h263", "mjpeg", "prores", "rawvideo"),
        *("aac", "mp3", "mp3float", "mp2", "mp2float", "vorbis", "libvorbis", "opus", "libopus", "flac", "alac"),
        *("ac3", "eac3", "pcm_u8", "pcm_s8", "pcm_alaw", "pcm_mulaw", "adpcm_ms", "adpcm_ima_wav", "amrnb", "amrwb"),
        *(f"pcm_{kind}{bits}{order}" for kind in "su" for bits in (16, 24, 32) for order in ("le", "be")),
        *("pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_s64le", "gsm_ms", "speex"),
    }
)
"""FFmpeg has hundreds. The fewer can be reached, the fewer can be attacked."""
_OPTIONS: Final = {
    "protocol_whitelist": "",  # nothing but the file that is handed over
    "probesize": "5000000",
    "analyzeduration": "5000000",
}


class ClipError(Exception):
    """Why a file can't be decoded: a stable code, and a sentence for a person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Limits:
    """What is wanted of a file, and what it may cost."""

    kind: str
    """`audio` or `video`."""
    demuxer: str
    sample_rate: int
    """In Hz; 0 if no sound is wanted."""
    min_audio_seconds: float
    frames: int
    """At most so many frames, evenly spaced; 0 if none are wanted."""
    window_seconds: float
    """A longer video has as many for each window of this length; 0 for as many in all."""
    max_side: int
    """Frames with a longer side are shrunk to it."""
    max_pixels: int
    """Of a frame, before it is shrunk."""
    max_seconds: float

    def frames_of(self, seconds: float) -> int:
        """Return how many frames there are at most of a video that plays so long."""
        windows = ceil(seconds / self.window_seconds) if self.window_seconds else 1
        return max(self.frames, min(self.frames * windows, MAX_WINDOW_FRAMES))


@dataclass(frozen=True, slots=True)
class SampledFrame:
    """A frame, RGB, in rows of `line_size` bytes of which `width` x 3 are pixels."""

    width: int
    height: int
    line_size: int
    rotation: int
    """Degrees counterclockwise, a multiple of 90, by which it must be turned to be upright."""
    seconds: float
    pixels: bytes | memoryview


@dataclass(slots=True)
class RawClip:
    """What was decoded."""

    seconds: float
    waveform: bytes | memoryview | None
    """Native float32, mono; None if there is no sound."""
    frames: list[SampledFrame]
    warnings: list[str]
    """Codes."""


def decode(file: IO[bytes], limits: Limits) -> RawClip:
    """Decode a file in one pass over its packets; a ClipError says why that is impossible."""
    import av

    av.logging.set_level(av.logging.PANIC)  # FFmpeg's messages hold what is in the file
    try:
        # A file object and a fixed demuxer: nothing is probed, and no demuxer opens other files or connections.
        with av.open(file, "r", format=limits.demuxer, options=_OPTIONS) as container:
            return _Decoding(container, limits).run()
    except (av.error.FFmpegError, ValueError, OverflowError) as error:  # the latter two for absurd values
        _check_memory(error)
        raise _undecodable(limits.kind) from error


def _check_memory(error: Exception) -> None:
    """Raise MemoryError for FFmpeg's error of that meaning."""
    if getattr(error, "errno", None) == ENOMEM:
        raise MemoryError from error


def _undecodable(kind: str) -> ClipError:
    return ClipError(
        f"{kind}_undecodable",
        f"The {kind} can't be decoded: the file is damaged, incomplete, or uses an unsupported codec. Send the whole "
        "file, saved again as MP4 (H.264 and AAC).",
    )


def _too_long(limits: Limits) -> ClipError:
    return ClipError(
        "media_too_long",
        f"The {limits.kind} plays for more than {limits.max_seconds:g} seconds. Cut it into shorter ones.",
    )


def _too_complex(limits: Limits, what: str) -> ClipError:
    return ClipError("media_too_complex", f"The {limits.kind} has too many {what}. Save it again as a plain MP4 file.")


class _Decoding:
    """One pass over a container."""

    def __init__(self, container: "InputContainer", limits: Limits) -> None:
        self._container = container
        self._limits = limits
        if len(container.streams) > MAX_TRACKS:
            raise _too_complex(limits, "tracks")
        self._audio = _AudioTrack(_first(container.streams.audio), limits) if limits.sample_rate else None
        self._video = _VideoTrack(_first(container.streams.video), limits) if limits.frames else None
        self._damaged = 0

    def run(self) -> RawClip:
        tracks = [track for track in (self._audio, self._video) if track is not None and track.stream is not None]
        if not tracks:
            return self._without_tracks()
        self._check_announced()
        for packet in self._packets([track.stream for track in tracks]):
            track = self._audio if self._audio and packet.stream is self._audio.stream else self._video
            assert track is not None
            self._decode(track, packet)
        return self._finished()

    def _packets(self, streams: list[Any]) -> Iterator["Packet[Any]"]:
        import av

        packets = self._container.demux(streams)
        for number in range(MAX_PACKETS + 1):
            try:
                packet = next(packets, None)
            except av.error.FFmpegError as error:  # the file ends within a packet
                _check_memory(error)
                self._damaged += 1
                return
            if packet is None:
                return
            if number == MAX_PACKETS:
                raise _too_complex(self._limits, "packets")
            yield packet

    def _decode(self, track: "_AudioTrack | _VideoTrack", packet: "Packet[Any]") -> None:
        import av

        try:
            frames: list[Any] = packet.decode()
            for frame in frames:
                track.add(frame)
        except av.error.FFmpegError as error:
            _check_memory(error)
            track.check_size()
            self._damaged += 1
            if self._damaged > MAX_DAMAGED_PACKETS:
                raise _undecodable(self._limits.kind) from error

    def _check_announced(self) -> None:
        """Refuse at once what is far too long, if the file tells the truth; else it is found out while decoding."""
        if self._announced() > 1.5 * self._limits.max_seconds + 1:
            raise _too_long(self._limits)

    def _announced(self) -> float:
        return (self._container.duration or 0) / 1_000_000

    def _expected(self) -> float:
        """Return how many seconds there should be of what is decoded: a track that isn't may be longer."""
        streams = self._container.streams
        if (self._audio is None and streams.audio) or (self._video is None and streams.video):
            wanted: list[Any] = [track.stream for track in (self._audio, self._video) if track and track.stream]
            return max((float(stream.duration * stream.time_base) for stream in wanted if stream.duration), default=0)
        return self._announced()

    def _without_tracks(self) -> RawClip:
        """Return nothing but a warning for a video that has none of the tracks that are wanted, but others."""
        other = self._container.streams.video if self._audio is not None else self._container.streams.audio
        if self._limits.kind != "video" or _first(other) is None:
            raise _undecodable(self._limits.kind)
        return RawClip(0, None, [], ["no_audio_track" if self._audio is not None else "no_video_track"])

    def _finished(self) -> RawClip:
        waveform, frames, warnings = None, [], []
        if self._audio is not None:
            waveform = self._audio.finished()
            if waveform is None and self._limits.kind == "video":
                warnings.append("no_audio_track")
        if self._video is not None:
            frames = self._video.finished()
            if not frames:
                warnings.append("no_video_track")
        if waveform is None and not frames and (self._video is not None or self._limits.kind == "audio"):
            raise _undecodable(self._limits.kind)
        seconds = max(track.seconds for track in (self._audio, self._video) if track is not None)
        frame_seconds = 0 if self._video is None else self._video.frame_seconds
        if self._damaged or seconds + frame_seconds < WHOLE_SHARE * self._expected():
            warnings.append("media_incomplete")
        return RawClip(seconds, waveform, frames, warnings)


def _first(streams: Any) -> Any:
    """Return the first track that plays, or None: cover images are tracks too."""
    from av.stream import Disposition

    return next((stream for stream in streams if not stream.disposition & Disposition.attached_pic), None)


def _prepare(stream: Any, limits: Limits) -> None:
    if stream.codec_context is None or stream.codec_context.codec.name not in DECODERS:
        raise _undecodable(limits.kind)
    stream.codec_context.thread_count = 1
    stream.codec_context.options = {"max_pixels": str(limits.max_pixels)}


class _AudioTrack:
    def __init__(self, stream: "AudioStream | None", limits: Limits) -> None:
        self.stream = stream
        self._limits = limits
        self._parts: list[bytes] = []
        self._samples = 0
        self._resampler: AudioResampler | None = None
        self._resampled: tuple[str, str, int] | None = None
        """Format, layout and rate that the resampler was made for; a file may change them."""
        if stream is not None:
            _prepare(stream, limits)

    @property
    def seconds(self) -> float:
        return self._samples / self._limits.sample_rate

    def check_size(self) -> None:
        """Sound has none."""

    def add(self, frame: "AudioFrame") -> None:
        from av import AudioResampler

        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        if kind != self._resampled:
            self._flush()
            self._resampler = AudioResampler(format="flt", layout="mono", rate=self._limits.sample_rate)
            self._resampled = kind
        assert self._resampler is not None
        frame.pts = None  # what a file says of time makes the resampler insert silence, of any length
        self._keep(self._resampler.resample(frame))

    def finished(self) -> bytes | None:
        """Return the waveform; None if a video has no sound, or too little of it."""
        self._flush()
        limits = self._limits
        if self.seconds < limits.min_audio_seconds:
            if limits.kind == "video":
                return None
            if not self._samples:
                raise _undecodable(limits.kind)
            raise ClipError(
                "audio_too_short",
                f"The audio plays for {self.seconds:.2f} seconds; at least {limits.min_audio_seconds:g} are needed. "
                "Send a longer one.",
            )
        return b"".join(self._parts)

    def _flush(self) -> None:
        if self._resampler is not None:
            self._keep(self._resampler.resample(None))

    def _keep(self, frames: list["AudioFrame"]) -> None:
        for frame in frames:
            self._samples += frame.samples
            self._parts.append(bytes(frame.planes[0])[: 4 * frame.samples])
        if self.seconds > self._limits.max_seconds:
            raise _too_long(self._limits)


@dataclass(slots=True)
class _VideoTrack:
    stream: "VideoStream | None"
    _limits: Limits
    seconds: float = 0
    _count: int = 0
    _step: int = 1
    _start: float | None = None
    _kept: list[tuple[float, "VideoFrame"]] = field(default_factory=list)
    _last: "tuple[float, VideoFrame] | None" = None

    def __post_init__(self) -> None:
        if self.stream is not None:
            self.check_size()
            _prepare(self.stream, self._limits)

    @property
    def frame_seconds(self) -> float:
        """How long a frame is shown; 0 if the file doesn't say."""
        rate = self.stream.average_rate if self.stream is not None else None
        return float(1 / rate) if rate else 0

    def check_size(self) -> None:
        assert self.stream is not None
        self._check_pixels(self.stream.codec_context.width, self.stream.codec_context.height)

    def add(self, frame: "VideoFrame") -> None:
        self._check_pixels(frame.width, frame.height)
        time = float(frame.time if frame.time is not None else self.seconds)
        self._start = time if self._start is None else self._start
        self.seconds = max(self.seconds, time - self._start)
        if self.seconds > self._limits.max_seconds:
            raise _too_long(self._limits)
        self._last = (time - self._start, frame)
        if self._count % self._step == 0:
            self._keep(time - self._start, frame)
        self._count += 1
        if self._count > MAX_FRAMES_PER_SECOND * self._limits.max_seconds:
            raise _too_complex(self._limits, "frames")

    def finished(self) -> list[SampledFrame]:
        if self._last is not None and self._kept[-1][0] != self._last[0]:
            self._kept.append(self._last)
        count, length = self._limits.frames_of(self.seconds), len(self._kept)
        if length > count:
            chosen = sorted({round(place * (length - 1) / max(1, count - 1)) for place in range(count)})
            self._kept = [self._kept[place] for place in chosen]
        return [self._sampled(time, frame) for time, frame in self._kept]

    def _keep(self, time: float, frame: "VideoFrame") -> None:
        """Keep every frame, then every second, every fourth and so on: less than twice as many as are wanted so far."""
        self._kept.append((time, frame if frame.width * frame.height <= HELD_PIXELS else self._converted(frame)))
        if len(self._kept) >= 2 * self._limits.frames_of(self.seconds):
            self._kept, self._step = self._kept[::2], 2 * self._step

    def _converted(self, frame: "VideoFrame") -> "VideoFrame":
        scale = min(1, self._limits.max_side / max(frame.width, frame.height))
        width, height = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
        converted = frame.reformat(width, height, format="rgb24")
        converted.time_base, converted.pts = frame.time_base, frame.pts
        return converted

    def _sampled(self, time: float, frame: "VideoFrame") -> SampledFrame:
        rotation = self._rotation(frame)
        if frame.format.name != "rgb24":
            frame = self._converted(frame)
        plane = frame.planes[0]
        return SampledFrame(frame.width, frame.height, plane.line_size, rotation, time, bytes(plane))

    def _rotation(self, frame: "VideoFrame") -> int:
        return round((getattr(frame, "rotation", 0) or 0) / 90) % 4 * 90

    def _check_pixels(self, width: int, height: int) -> None:
        if width * height > self._limits.max_pixels:
            raise ClipError(
                "video_too_large",
                f"The video has frames of {width} x {height} pixels; at most {self._limits.max_pixels:,} pixels are "
                "decoded. Send a smaller one.",
            )


def main() -> None:
    """Decode standard input, as the first argument says, to standard output.

    A line of JSON is followed by the waveform and the frames that it describes.
    """
    request = json.loads(sys.argv[1])
    import av  # noqa: F401  # before the limits: the linker opens files

    _restrict(request["max_extra_bytes"], request["max_cpu_seconds"])
    with suppress(BrokenPipeError):
        _answer(Limits(**request["limits"]))
        sys.stdout.flush()
    os._exit(0)  # without waiting for destructors, which have nothing left to do


def _answer(limits: Limits) -> None:
    try:
        with os.fdopen(0, "rb", closefd=False) as file:
            clip = decode(file, limits)
    except ClipError as error:
        _write({"code": error.code, "message": str(error)})
        return
    except MemoryError:
        _write({"code": "media_too_complex", "message": f"Decoding the {limits.kind} takes too much memory."})
        return
    frames = [[getattr(frame, name) for name in FRAME_FIELDS] for frame in clip.frames]
    sizes = {"samples": None if clip.waveform is None else len(clip.waveform) // 4, "frames": frames}
    _write({"seconds": clip.seconds, "warnings": clip.warnings} | sizes)
    sys.stdout.buffer.write(clip.waveform or b"")
    for frame in clip.frames:
        sys.stdout.buffer.write(frame.pixels)


FRAME_FIELDS: Final = ("width", "height", "line_size", "rotation", "seconds")


def _write(header: Mapping[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n")


def _restrict(max_extra_bytes: int, max_cpu_seconds: int) -> None:
    """Limit what this process may still take: memory, processor time, open files; it may write no file at all."""
    import resource

    wanted = {resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_NOFILE: 16}
    wanted[resource.RLIMIT_CPU] = max_cpu_seconds
    with suppress(OSError), open("/proc/self/statm", encoding="ascii") as status:  # noqa: PTH123
        wanted[resource.RLIMIT_AS] = int(status.read().split()[0]) * resource.getpagesize() + max_extra_bytes
    for limit, value in wanted.items():
        with suppress(OSError, ValueError):
            resource.setrlimit(limit, (value, value))


if __name__ == "__main__":
    main()
