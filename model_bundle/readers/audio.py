"""Audio to a waveform."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray

from model_bundle.errors import AudioTooShortError
from model_bundle.item import ClipSource, Item
from model_bundle.prediction import PredictionWarning
from model_bundle.readers.reader import ABSENT, Arrays, Reading, Stage
from model_bundle.spec import AudioSpec

if TYPE_CHECKING:
    from model_bundle.decoding.clip import DecodedClip

QUIET: Final = 1e-4
"""Power below that of the loudest moment, 40 dB, from which on nothing is heard beside it."""
MOMENTS_PER_SECOND: Final = 100
KEPT_MOMENTS: Final = 10
"""Of the quiet at either end."""
NO_SOUND: Final = PredictionWarning("no_audio_track", "The video has no sound, or too little to be heard.")


class AudioReader:
    """Reads sound into `waveform` float32 [samples] and `sample_counts` int64 [].

    The sound is that of `Item.audio`, or else the audio track of `Item.video`.
    """

    stage: ClassVar[Stage] = "decode"

    def __init__(self, sample_rate: int, min_seconds: float, max_seconds: float, trim_silence: bool) -> None:
        self._sample_rate = sample_rate
        self._min_seconds = min_seconds
        self._max_seconds = max_seconds
        self._trim_silence = trim_silence

    @classmethod
    def open(cls, spec: AudioSpec) -> "AudioReader":
        """Open the reader that a bundle describes."""
        return cls(spec.sample_rate, spec.min_seconds, spec.max_seconds, spec.trim_silence)

    def read(self, item: Item) -> Reading:
        """Decode what isn't decoded yet, and cut; the errors of `decode_clip` if that fails.

        A video without sound, or with too little of it, is read as one without sound.
        """
        if item.audio is not None:
            return self._heard(self._decoded(item.audio, "audio"), "audio")
        if item.video is not None:
            return self._heard(self._decoded(item.video, "video"), "video")
        return ABSENT

    def stack(self, arrays: Sequence[Arrays]) -> dict[str, NDArray[Any]]:
        """Pad with silence up to the longest; the graph reads `sample_counts` and ignores the padding."""
        counts = np.array([row["sample_counts"] for row in arrays], np.int64)
        waveform = np.zeros((len(arrays), counts.max()), np.float32)
        for padded, row in zip(waveform, arrays, strict=True):
            padded[: row["waveform"].size] = row["waveform"]
        return {"waveform": waveform, "sample_counts": counts}

    def length(self, arrays: Arrays) -> int:
        """Number of samples."""
        return int(arrays["sample_counts"])

    def _decoded(self, source: ClipSource, kind: Literal["audio", "video"]) -> "DecodedClip":
        from model_bundle.decoding.clip import ClipRequest, decoded_clip  # only for those who have a clip

        request = ClipRequest(kind, self._sample_rate, self._min_seconds, frames=0)
        return decoded_clip(source, request)

    def _heard(self, clip: "DecodedClip", kind: Literal["audio", "video"]) -> Reading:
        waveform = clip.waveform
        if waveform is not None and waveform.size >= self._min_samples:
            cut = waveform[: round(self._max_seconds * self._sample_rate)]
            heard = self._trimmed(cut) if self._trim_silence else cut
            arrays: Arrays = {"waveform": heard, "sample_counts": np.array(heard.size, np.int64)}
            return Reading(arrays, clip.warnings)
        if kind == "audio":
            raise AudioTooShortError(f"The audio is shorter than {self._min_seconds:g} seconds. Send a longer one.")
        return Reading(None, clip.warnings if NO_SOUND in clip.warnings else (*clip.warnings, NO_SOUND))

    @property
    def _min_samples(self) -> int:
        return round(self._min_seconds * self._sample_rate)

    def _trimmed(self, waveform: NDArray[np.float32]) -> NDArray[np.float32]:
        step = self._sample_rate // MOMENTS_PER_SECOND
        moments = waveform[: waveform.size // step * step].reshape(-1, step)
        power = (moments**2).mean(axis=1)
        loud = np.flatnonzero(power >= QUIET * power.max())
        start, end = max(0, loud[0] - KEPT_MOMENTS) * step, (loud[-1] + 1 + KEPT_MOMENTS) * step
        heard = waveform[start:end]
        return heard if heard.size >= self._min_samples else waveform
