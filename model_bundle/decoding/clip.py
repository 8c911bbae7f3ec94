"""Audio and video files to a waveform and sampled frames, decoded in a process of its own."""

import json
import os
import selectors
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic
from typing import IO, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from model_bundle.decoding import clip_decoder
from model_bundle.decoding.clip_decoder import FRAME_FIELDS, ClipError, Limits, RawClip, SampledFrame
from model_bundle.decoding.file_type import SIGNATURE_BYTES, file_type
from model_bundle.errors import DECODING_ERRORS, ValenceError
from model_bundle.prediction import PredictionWarning

Source = bytes | Path | IO[bytes]
"""A file's content, its path, or the open file."""

MAX_FRAME_PIXELS: Final = 4096 * 2304
MAX_SIDE: Final = 1280
MAX_EXTRA_BYTES: Final = 768 * 1024 * 1024
"""Memory that decoding may take, beside what the process has once it is started."""
DEADLINE_SECONDS: Final = 20.0
MAX_OWN_SECONDS: Final = 3600.0
"""Playing time of a file of one's own."""
_HEADER_BYTES: Final = 65_536
_READ_BYTES: Final = 1 << 20
_WARNINGS: Final = {
    "no_audio_track": "The video has no sound, or too little to be heard.",
    "no_video_track": "The file has no video track; only its sound was used.",
    "media_incomplete": "The file is damaged, or cut off at its end; what is there was used.",
}
_CLASSES: Final[dict[str, type[ValenceError]]] = {kind.code: kind for kind in DECODING_ERRORS}


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """What is wanted of a clip, and what it may cost."""

    kind: Literal["audio", "video"]
    sample_rate: int = 16_000
    """In Hz; 0 for no sound."""
    min_audio_seconds: float = 0.25
    """Shorter audio is refused; a video with less is one without sound."""
    frames: int = 16
    """At most so many frames of a video, evenly spaced, ends included; 0 for none."""
    window_seconds: float = 0
    """A video that plays longer has as many frames for each window of this length; 0 for as many in all."""
    max_side: int = MAX_SIDE
    """Frames with a longer side are shrunk to it."""
    max_frame_pixels: int = MAX_FRAME_PIXELS
    max_seconds: float = 60
    """Of playing time."""
    deadline_seconds: float = DEADLINE_SECONDS
    """For decoding, in a process of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class DecodedClip:
    """A clip, decoded once; every reader takes from it what it needs."""

    seconds: float
    """How long it plays."""
    sample_rate: int
    waveform: NDArray[np.float32] | None
    """Mono, [samples], from -1 to 1; None if there is no sound."""
    frames: tuple[NDArray[np.uint8], ...]
    """RGB, each [height, width, 3], upright; empty if there is no video."""
    frame_seconds: tuple[float, ...]
    """When each is shown, from the beginning."""
    warnings: tuple[PredictionWarning, ...] = ()


def decode_clip(source: Source, request: ClipRequest, isolated: bool = True) -> DecodedClip:
    """Decode an audio or video file: the first track of each that plays, in one pass.

    Nothing is read but the source itself: no other file, and no connection, whatever the file refers to. By default
    this happens in a process of its own with limited memory, processor time and files, which is killed at the
    deadline. Files of one's own may be decoded without one, `isolated=False`, which saves its start of 0.1 s.

    AudioUndecodableError, AudioTooShortError, VideoUndecodableError, VideoTooLargeError, MediaTooLongError or
    MediaTooComplexError says why that is impossible.
    """
    with _opened(source) as file:
        limits = _limits(file, request)
        try:
            clip = _isolated(file, limits, request) if isolated else clip_decoder.decode(file, limits)
        except ClipError as error:
            raise _CLASSES[error.code](str(error)) from error
    return _decoded(clip, request)


def decoded_clip(source: "Source | DecodedClip", request: ClipRequest) -> DecodedClip:
    """Return a clip that is decoded already as it is, and decode a file of one's own, however long it plays."""
    if isinstance(source, DecodedClip):
        return source
    return decode_clip(source, replace(request, max_seconds=MAX_OWN_SECONDS), isolated=False)


class _Borrowed:
    """An open file that stays open."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __enter__(self) -> IO[bytes]:
        return self._file

    def __exit__(self, *_: object) -> None:
        self._file.seek(0)


def _opened(source: Source) -> Any:
    if isinstance(source, bytes):
        return BytesIO(source)
    return source.open("rb") if isinstance(source, Path) else _Borrowed(source)


def _limits(file: IO[bytes], request: ClipRequest) -> Limits:
    file.seek(0)
    found = file_type(file.read(SIGNATURE_BYTES))
    file.seek(0)
    if found is None or not found.demuxer:
        kind = request.kind
        raise _CLASSES[f"{kind}_undecodable"](
            f"The {kind} is of no format that is decoded. Send MP4, WebM, MP3 or WAV, for instance."
        )
    return Limits(
        kind=request.kind,
        demuxer=found.demuxer,
        sample_rate=request.sample_rate,
        min_audio_seconds=request.min_audio_seconds,
        frames=request.frames if request.kind == "video" else 0,
        window_seconds=request.window_seconds,
        max_side=request.max_side,
        max_pixels=request.max_frame_pixels,
        max_seconds=request.max_seconds,
    )


def _isolated(file: IO[bytes], limits: Limits, request: ClipRequest) -> RawClip:
    if isinstance(file, BytesIO):
        with TemporaryFile() as on_disk:  # seekable, unlike a pipe, and without a name
            on_disk.write(file.getbuffer())
            on_disk.seek(0)
            return _run(on_disk, limits, request)
    return _run(file, limits, request)


def _run(file: IO[bytes], limits: Limits, request: ClipRequest) -> RawClip:
    restrictions = {"max_extra_bytes": MAX_EXTRA_BYTES, "max_cpu_seconds": int(request.deadline_seconds) + 1}
    argument = json.dumps({"limits": asdict(limits)} | restrictions)
    # -P: the folder of the program isn't searched for modules. None of our environment, which may hold secrets.
    command = [sys.executable, "-P", clip_decoder.__file__, argument]
    environment = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(
        command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        try:
            output = _read(process, _max_output(limits), monotonic() + request.deadline_seconds)
        except BaseException:
            process.kill()
            raise
    if output is None:
        raise ClipError(
            "media_too_complex",
            f"Decoding the {limits.kind} took longer than {request.deadline_seconds:g} seconds. Send a shorter or "
            "smaller one.",
        )
    return _parsed(output, process.returncode, limits)


def _max_output(limits: Limits) -> int:
    samples = (limits.max_seconds + 1) * limits.sample_rate
    frames = limits.frames_of(limits.max_seconds)
    return int(_HEADER_BYTES + 4 * samples + frames * 4 * limits.max_side * (limits.max_side + 64))


def _read(process: "subprocess.Popen[bytes]", max_bytes: int, deadline: float) -> bytearray | None:
    """Return what the process writes; None, and the process is killed, if that takes too long or is too much."""
    assert process.stdout is not None
    output = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while (left := deadline - monotonic()) > 0 and len(output) <= max_bytes:
            if not selector.select(left):
                break
            piece = os.read(process.stdout.fileno(), _READ_BYTES)
            if not piece:
                return output
            output += piece
    process.kill()
    return None


def _parsed(output: bytearray, status: int, limits: Limits) -> RawClip:
    end = output.find(b"\n")
    if end < 0:
        raise _died(status, limits)
    header = json.loads(output[:end])
    if "code" in header:
        raise ClipError(header["code"], header["message"])
    rest = memoryview(output)[end + 1 :]
    place = 4 * (header["samples"] or 0)
    waveform = None if header["samples"] is None else rest[:place]
    frames = []
    for values in header["frames"]:
        described = dict(zip(FRAME_FIELDS, values, strict=True))
        size = described["line_size"] * described["height"]
        frames.append(SampledFrame(**described, pixels=rest[place : place + size]))
        place += size
    if len(rest) != place:
        raise _died(status, limits)
    return RawClip(header["seconds"], waveform, frames, header["warnings"])


def _died(status: int, limits: Limits) -> ClipError:
    """Explain a process that ended before it was done: it crashed, or was stopped by a limit."""
    crashed = {-4, -6, -7, -8, -11}  # SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV
    if status in crashed:
        return ClipError(f"{limits.kind}_undecodable", f"The {limits.kind} can't be decoded: the file is damaged.")
    return ClipError(
        "media_too_complex", f"Decoding the {limits.kind} takes too much time or memory. Send a shorter or smaller one."
    )


def _decoded(clip: RawClip, request: ClipRequest) -> DecodedClip:
    return DecodedClip(
        seconds=clip.seconds,
        sample_rate=request.sample_rate,
        waveform=None if clip.waveform is None else _within_one(np.frombuffer(clip.waveform, np.float32)),
        frames=tuple(_upright(frame) for frame in clip.frames),
        frame_seconds=tuple(frame.seconds for frame in clip.frames),
        warnings=tuple(PredictionWarning(code, _WARNINGS[code]) for code in clip.warnings),
    )


def _within_one(waveform: NDArray[np.float32]) -> NDArray[np.float32]:
    """Make a waveform quieter if several channels add up to more than 1."""
    peak = np.abs(waveform).max(initial=0)
    return waveform if peak <= 1 else waveform / peak


def _upright(frame: SampledFrame) -> NDArray[np.uint8]:
    rows = np.frombuffer(frame.pixels, np.uint8).reshape(frame.height, frame.line_size)
    pixels = rows[:, : 3 * frame.width].reshape(frame.height, frame.width, 3)
    return np.ascontiguousarray(np.rot90(pixels, frame.rotation // 90))
