"""Waveforms to log-mel spectrograms, inside the graph."""

from typing import Annotated, Final

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from torch import Tensor, nn
from torch.nn import functional

SMALLEST_POWER: Final = 1e-6
"""Added before the logarithm, so that silence has one."""
BREAK_HERTZ: Final = 1000.0
LINEAR_HERTZ: Final = 200.0 / 3
LOG_STEP: Final = np.log(6.4) / 27
"""Slaney's mel scale: linear up to the break, logarithmic from there on (Slaney 1998, Auditory Toolbox)."""


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class LogMelRecipe:
    """A spectrogram as `librosa.feature.melspectrogram` has it, and its natural logarithm."""

    sample_rate: Annotated[int, Field(gt=0)] = 16_000
    """In Hz."""
    window: Annotated[int, Field(gt=0, multiple_of=2)] = 1024
    """Samples of each Fourier transform, under a Hann window."""
    hop: Annotated[int, Field(gt=0)] = 512
    """Samples from one step to the next."""
    mels: Annotated[int, Field(gt=0)] = 64
    lowest_hertz: Annotated[float, Field(ge=0)] = 0.0
    highest_hertz: Annotated[float, Field(gt=0)] = 8000.0


class LogMel(nn.Module):
    """The transform as a convolution: onnxruntime's own is three times slower."""

    def __init__(self, recipe: LogMelRecipe) -> None:
        super().__init__()
        self.hop = recipe.hop
        bank = mel_filters(recipe)
        used = np.flatnonzero(bank.any(axis=0))
        self.waves: Tensor
        self.bank: Tensor
        self.register_buffer("waves", torch.from_numpy(_waves(recipe.window, used)).float(), persistent=False)
        self.register_buffer("bank", torch.from_numpy(bank[:, used]).float()[:, :, None], persistent=False)

    def forward(self, waveform: Tensor) -> Tensor:
        """Return float32 [B, mels, steps] of `waveform` float32 [B, samples]: 1 + samples // hop steps."""
        # In float32 whatever the model trains in: powers differ by more than bfloat16 can tell apart.
        with torch.autocast(waveform.device.type, enabled=False):
            padding = self.waves.shape[2] // 2
            parts = functional.conv1d(waveform.float()[:, None], self.waves, stride=self.hop, padding=padding)
            cosines, sines = parts.square().chunk(2, dim=1)
            return (functional.conv1d(cosines + sines, self.bank) + SMALLEST_POWER).log()

    def steps(self, sample_counts: Tensor) -> Tensor:
        """Return how many steps there are of `sample_counts` int64 [B] samples."""
        return torch.div(sample_counts, self.hop, rounding_mode="floor") + 1


def is_step(counts: Tensor, like: Tensor) -> Tensor:
    """Return float32 [B, 1, steps]: 1 where `like` [B, channels, steps] has one of the `counts` int64 [B] steps."""
    return (torch.arange(like.shape[2], device=like.device)[None, :] < counts[:, None])[:, None, :].float()


def mel_filters(recipe: LogMelRecipe) -> NDArray[np.float64]:
    """Return the triangular filters, float64 [mels, frequencies], each of the same area (librosa: `norm="slaney"`)."""
    lowest, highest = _mel(np.array([recipe.lowest_hertz, recipe.highest_hertz])).tolist()
    edges = _hertz(np.linspace(lowest, highest, recipe.mels + 2))
    frequencies = np.linspace(0, recipe.sample_rate / 2, recipe.window // 2 + 1)
    widths = np.diff(edges)[:, None]
    slopes = edges[:, None] - frequencies[None]
    triangles = np.maximum(0, np.minimum(-slopes[:-2] / widths[:-1], slopes[2:] / widths[1:]))
    return np.asarray(triangles * (2 / (edges[2:] - edges[:-2]))[:, None])


def _waves(window: int, frequencies: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return cosines and then sines under the window, float64 [2 frequencies, 1, window]."""
    samples = np.arange(window)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * samples / window)
    angles = 2 * np.pi * frequencies[:, None] * samples[None] / window
    return np.asarray(np.concatenate([np.cos(angles), np.sin(angles)])[:, None] * hann)


def _mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    logarithmic = BREAK_HERTZ / LINEAR_HERTZ + np.log(np.maximum(hertz, BREAK_HERTZ) / BREAK_HERTZ) / LOG_STEP
    return np.where(hertz < BREAK_HERTZ, hertz / LINEAR_HERTZ, logarithmic)


def _hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    first = BREAK_HERTZ / LINEAR_HERTZ
    return np.where(mel < first, mel * LINEAR_HERTZ, BREAK_HERTZ * np.exp(LOG_STEP * (np.maximum(mel, first) - first)))
