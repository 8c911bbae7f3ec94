"""Random changes to sounds that leave the voice's emotion alone, for training only."""

import math
from typing import Annotated, Final

import torch
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from torch import Tensor

Chance = Annotated[float, Field(ge=0, le=1)]

SAMPLE_RATE: Final = 16_000
FEWEST_SAMPLES: Final = 4000
MU: Final = 255
"""Of the companding of telephones (ITU-T G.711)."""
CODEC_STEPS: Final = 40
"""Fewer than a telephone's 128, to stand for worse codecs too."""
ROOM_SAMPLES: Final = SAMPLE_RATE // 2


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class SoundChanges:
    """How likely a sound is changed in each way, each time it is heard. What changes is not its class."""

    crop_seconds: Annotated[float, Field(gt=0)] = 3.5
    """Length of the random part that is heard; a shorter one in half of all cases."""
    speed: Chance = 0.5
    """Up to 15 % faster or slower, and higher or lower with it."""
    band: Chance = 0.4
    """Lose what is low, high or both, as by a telephone or a small microphone."""
    room: Chance = 0.4
    """Reverberate."""
    noise: Chance = 0.5
    """Come with white to pink noise, 5 to 35 dB below the voice."""
    codec: Chance = 0.2
    """Be stored coarsely."""
    gain: Annotated[float, Field(ge=0)] = 15.0
    """Be louder or quieter by up to so many dB."""


def change_sounds(waveform: Tensor, counts: Tensor, changes: SoundChanges) -> tuple[Tensor, Tensor]:
    """Return `waveform` float32 [B, samples], each row changed in its own way, and the new counts int64 [B]."""
    waveform, counts = _cropped(waveform, counts, changes.crop_seconds)
    waveform, counts = _at_other_speed(waveform, counts, changes.speed)
    filtered = _filtered(waveform, changes)
    noisy = _noisy(filtered, counts, changes.noise)
    coarse = _coarse(noisy, changes.codec)
    decibels = changes.gain * _uniform(waveform, -1, 1)
    return coarse * 10 ** (decibels / 20) * _inside(coarse, counts), counts


def _cropped(waveform: Tensor, counts: Tensor, seconds: float) -> tuple[Tensor, Tensor]:
    share = _uniform(waveform, 0.6, 1.0)[:, 0]
    kept = torch.minimum(counts, (seconds * SAMPLE_RATE * share).long())
    start = (_uniform(waveform, 0, 1)[:, 0] * (counts - kept)).long()
    at = start[:, None] + torch.arange(int(kept.max()), device=waveform.device)[None]
    cropped = waveform.gather(1, at.clamp(max=waveform.shape[1] - 1))
    return cropped * _inside(cropped, kept), kept


def _at_other_speed(waveform: Tensor, counts: Tensor, chance: float) -> tuple[Tensor, Tensor]:
    speed = _sometimes(waveform, chance, _uniform(waveform, 0.85, 1.15), 1.0)
    at = torch.arange(waveform.shape[1], device=waveform.device)[None] * speed
    before = at.floor().long().clamp(max=waveform.shape[1] - 2)
    share = (at - before).clamp(0, 1)
    played = waveform.gather(1, before) * (1 - share) + waveform.gather(1, before + 1) * share
    lengths = (counts / speed[:, 0]).long().clamp(FEWEST_SAMPLES, waveform.shape[1])
    return played * _inside(played, lengths), lengths


def _filtered(waveform: Tensor, changes: SoundChanges) -> Tensor:
    """Take bands away, tilt the spectrum, and let a room answer: noise that dies away after the sound itself."""
    size = _transform_size(2 * waveform.shape[1])
    spectrum = torch.fft.rfft(waveform, size)
    hertz = torch.linspace(0, SAMPLE_RATE / 2, spectrum.shape[1], device=waveform.device)[None]
    low = _sometimes(waveform, changes.band, _uniform(waveform, 80, 500), 0.0)
    high = _sometimes(waveform, changes.band, _uniform(waveform, 2800, 7000), 9000.0)
    tilt = 6 * changes.band * _uniform(waveform, -1, 1)
    band = torch.sigmoid((hertz - low) / 30) * torch.sigmoid((high - hertz) / 100)
    tilted = 10 ** (tilt * torch.log2((hertz + 50) / 1000) / 20)
    time = torch.arange(ROOM_SAMPLES, device=waveform.device)[None] / SAMPLE_RATE
    decay = torch.exp(-time / _uniform(waveform, 0.02, 0.12))
    loudness = _sometimes(waveform, changes.room, _uniform(waveform, 0.02, 0.12), 0.0)
    answer = torch.randn_like(decay) * decay * loudness
    answer[:, 0] = 1
    changed: Tensor = torch.fft.irfft(spectrum * band * tilted * torch.fft.rfft(answer, size))
    return changed[:, : waveform.shape[1]]


def _noisy(waveform: Tensor, counts: Tensor, chance: float) -> Tensor:
    power = (waveform * _inside(waveform, counts)).square().sum(dim=1, keepdim=True) / counts[:, None]
    size = _transform_size(waveform.shape[1])
    spectrum = torch.fft.rfft(torch.randn(len(waveform), size, device=waveform.device))
    hertz = torch.linspace(1, SAMPLE_RATE / 2, spectrum.shape[1], device=waveform.device)[None]
    noise = torch.fft.irfft(spectrum * (hertz / 1000) ** -_uniform(waveform, 0, 1))[:, : waveform.shape[1]]
    ratio = _uniform(waveform, 5, 35)
    scale = (power * 10 ** (-ratio / 10)).sqrt() / noise.std(dim=1, keepdim=True)
    noisy: Tensor = waveform + _sometimes(waveform, chance, scale, 0.0) * noise
    return noisy


def _coarse(waveform: Tensor, chance: float) -> Tensor:
    peak = waveform.abs().amax(dim=1, keepdim=True) + 1e-6
    relative = waveform / peak
    companded = relative.sign() * torch.log1p(MU * relative.abs()) / math.log1p(MU)
    stored = (companded * CODEC_STEPS).round() / CODEC_STEPS
    restored = stored.sign() * ((1 + MU) ** stored.abs() - 1) / MU * peak
    return torch.where(torch.rand_like(peak) < chance, restored, waveform)


def _transform_size(samples: int) -> int:
    """Return the next power of two: a GPU plans each other size again, which takes longer than the transform."""
    return int(1 << (samples - 1).bit_length())


def _inside(waveform: Tensor, counts: Tensor) -> Tensor:
    return (torch.arange(waveform.shape[1], device=waveform.device)[None] < counts[:, None]).float()


def _uniform(waveform: Tensor, low: float, high: float) -> Tensor:
    return low + (high - low) * torch.rand(len(waveform), 1, device=waveform.device)


def _sometimes(waveform: Tensor, chance: float, values: Tensor, otherwise: float) -> Tensor:
    chosen = torch.rand(len(waveform), 1, device=waveform.device) < chance
    return torch.where(chosen, values, torch.full_like(values, otherwise))


def hide_parts(spectrogram: Tensor, steps: Tensor, mels: int, share: float) -> Tensor:
    """Hide two bands and two moments (SpecAugment, Park et al. 2019, arXiv:1904.08779).

    Returns `spectrogram` float32 [B, mels, steps] with zeros there. A band is up to `mels` mels high, and a moment up
    to `share` of the `steps` int64 [B] long.
    """
    whole = torch.full_like(steps, spectrogram.shape[1])
    for _ in range(2):
        bands = _span(whole, torch.randint(0, mels + 1, (len(steps), 1), device=steps.device), spectrogram.shape[1])
        length = (share * torch.rand(len(steps), 1, device=steps.device) * steps[:, None]).long()
        moments = _span(steps, length, spectrogram.shape[2])
        spectrogram = spectrogram.masked_fill(bands[:, :, None] | moments[:, None, :], 0)
    return spectrogram


def _span(counts: Tensor, length: Tensor, size: int) -> Tensor:
    """Return bool [B, size]: `length` int64 [B, 1] neighbours somewhere among the first `counts` int64 [B]."""
    start = (torch.rand(len(counts), 1, device=counts.device) * (counts[:, None] - length)).long()
    at = torch.arange(size, device=counts.device)[None]
    return (at >= start) & (at < start + length)
