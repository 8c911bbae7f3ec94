"""Voices to one vector, with a compact residual network over log-mel spectrograms."""

from dataclasses import field
from pathlib import Path
from typing import Annotated, Final, Literal

import torch
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from torch import Tensor, nn

from model_bundle.readers.audio import AudioReader
from model_bundle.spec import AudioSpec, GraphSpec, TensorSpec
from training.encoders.encoder import Encoder, Learned
from training.encoders.log_mel import LogMel, LogMelRecipe, is_step
from training.encoders.residual import ResidualBlock
from training.encoders.sound_changes import SoundChanges, change_sounds, hide_parts
from training.encoders.trained import load_trained_weights
from training.fitting.material import Material

STRIDES: Final = ((1, 1), (2, 2), (2, 2), (2, 1))
"""Of each block, in mels and in steps."""
ATTENTION: Final = 64
FAR_BELOW: Final = -1e9
"""Score of padding, so that the softmax gives it exactly nothing."""
SMALLEST: Final = 1e-3


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class VoiceRecipe:
    """Residual blocks over the spectrogram, each mel and moment of which is seen beside the whole sound's mean."""

    kind: Literal["voice"] = "voice"
    start_from: str | None = None
    """`best.pt` of an earlier run, whose audio encoder this one goes on from."""
    log_mel: LogMelRecipe = field(
        default_factory=lambda: LogMelRecipe(window=512, hop=256, lowest_hertz=60, highest_hertz=7600)
    )
    width: Annotated[int, Field(gt=0)] = 32
    """Channels of the first block; later ones have two and four times as many."""
    max_seconds: Annotated[float, Field(gt=0)] = 15.0
    """Longer sounds lose their end."""
    changes: SoundChanges | None = None
    """Random changes in training; none without it."""
    hidden_mels: Annotated[int, Field(ge=0)] = 10
    """Up to so many neighbouring mels are hidden in training, twice."""
    hidden_share: Annotated[float, Field(ge=0, lt=1)] = 0.12
    """Up to this share of the steps is hidden in training, twice."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.4
    """Dropout before the projection."""

    def learn(self, material: Material) -> Learned:  # noqa: ARG002  # the protocol's signature
        """Reading needs nothing that is learned."""
        return {}

    def reader(self, learned: Learned) -> AudioReader:  # noqa: ARG002
        """Return the reader."""
        spec = self._spec(GraphSpec(file="", inputs=(), outputs=()))
        return AudioReader.open(spec)

    def build(self, learned: Learned, dimension: int) -> "VoiceEncoder":  # noqa: ARG002
        """Return the encoder."""
        return VoiceEncoder(self, dimension)

    def initialise(self, encoder: Encoder, learned: Learned, material: Material) -> None:  # noqa: ARG002
        """Start from an earlier run, if one is named."""
        if self.start_from is not None:
            load_trained_weights(self.start_from, "audio", encoder)

    def describe(self, learned: Learned, graph: GraphSpec, folder: Path) -> AudioSpec:  # noqa: ARG002  # no files
        """Return the bundle's description."""
        return self._spec(graph)

    def _spec(self, graph: GraphSpec) -> AudioSpec:
        return AudioSpec(
            graph=graph, sample_rate=self.log_mel.sample_rate, max_seconds=self.max_seconds, trim_silence=True
        )


class VoiceEncoder(Encoder):
    """Scales each spectrogram by its own mean and deviation: neither loudness nor the microphone tells anything."""

    inputs = (
        TensorSpec(name="waveform", dtype="float32", shape=("batch", "samples")),
        TensorSpec(name="sample_counts", dtype="int64", shape=("batch",)),
    )

    def __init__(self, recipe: VoiceRecipe, dimension: int) -> None:
        super().__init__()
        self.recipe = recipe
        self.log_mel = LogMel(recipe.log_mel)
        widths = [recipe.width * factor for factor in (1, 1, 2, 4, 4)]
        self.stem = nn.Sequential(
            nn.Conv2d(1, recipe.width, 3, (2, 1), 1, bias=False), nn.BatchNorm2d(recipe.width), nn.ReLU()
        )
        self.blocks = nn.ModuleList(
            ResidualBlock(narrow, wide, stride)
            for narrow, wide, stride in zip(widths[:-1], widths[1:], STRIDES, strict=True)
        )
        self.attention = nn.Sequential(nn.Linear(widths[-1], ATTENTION), nn.Tanh(), nn.Linear(ATTENTION, 1))
        self.dropout = nn.Dropout(recipe.dropout)
        self.projection = nn.Linear(2 * widths[-1], dimension)

    def forward(self, waveform: Tensor, sample_counts: Tensor) -> Tensor:
        """Encode `waveform` float32 [B, samples] and `sample_counts` int64 [B] into float32 [B, D]."""
        if self.training and self.recipe.changes is not None:
            waveform, sample_counts = change_sounds(waveform, sample_counts, self.recipe.changes)
        mels, steps = self._spectrogram(waveform, sample_counts)
        shown = is_step(steps, mels)[:, None]
        states = self.stem(mels[:, None]) * shown
        for block, (_, stride) in zip(self.blocks, STRIDES, strict=True):
            steps = torch.div(steps + stride - 1, stride, rounding_mode="floor")
            shown = is_step(steps, shown[:, 0, :, ::stride])[:, None]
            states = block(states, shown)
        embedding: Tensor = self.projection(self.dropout(self._pool(states.mean(dim=2), shown[:, 0])))
        return embedding

    def _spectrogram(self, waveform: Tensor, sample_counts: Tensor) -> tuple[Tensor, Tensor]:
        mels, steps = self.log_mel(waveform), self.log_mel.steps(sample_counts)
        kept = is_step(steps, mels)
        count = kept.sum(dim=2, keepdim=True) * mels.shape[1]
        mean = (mels * kept).sum(dim=(1, 2), keepdim=True) / count
        deviation = (((mels - mean) * kept).square().sum(dim=(1, 2), keepdim=True) / count).sqrt()
        scaled = (mels - mean) / (deviation + SMALLEST) * kept
        if self.training:
            scaled = hide_parts(scaled, steps, self.recipe.hidden_mels, self.recipe.hidden_share)
        return scaled, steps

    def _pool(self, states: Tensor, shown: Tensor) -> Tensor:
        """Return mean and deviation of `states` [B, channels, steps] under attention (Okabe et al. 2018)."""
        moments = states.transpose(1, 2)
        scores = self.attention(moments).float() + (1 - shown.transpose(1, 2)) * FAR_BELOW
        weights = scores.softmax(dim=1)
        mean = (weights * moments).sum(dim=1)
        variance = (weights * (moments - mean[:, None]).square()).sum(dim=1)
        return torch.cat([mean, (variance + SMALLEST**2).sqrt()], dim=1)
