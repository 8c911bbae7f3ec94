"""Sound to one vector, with the small network over mel steps of the published tri-modal design for MELD."""

from dataclasses import field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from torch import Tensor, nn
from torch.nn import functional

from model_bundle.readers.audio import AudioReader
from model_bundle.spec import AudioSpec, GraphSpec, TensorSpec
from training.encoders.encoder import Encoder, Learned
from training.encoders.log_mel import LogMel, LogMelRecipe, is_step
from training.fitting.material import Material

HIDDEN = 128
CHANNELS = 64


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class MelCnnRecipe:
    """Two convolutions over at most `max_steps` log-mel steps, pooled, and two layers.

    In the published design the convolutions stay at their random weights: `optimisation.freeze`.
    """

    kind: Literal["mel_cnn"] = "mel_cnn"
    log_mel: LogMelRecipe = field(default_factory=LogMelRecipe)
    max_steps: Annotated[int, Field(gt=1)] = 300
    """Longer sounds lose their end."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.2

    def learn(self, material: Material) -> Learned:  # noqa: ARG002  # the protocol's signature
        """Reading needs nothing that is learned."""
        return {}

    def reader(self, learned: Learned) -> AudioReader:  # noqa: ARG002
        """Return the reader."""
        return AudioReader(self.log_mel.sample_rate, self._min_seconds, self._max_seconds, trim_silence=False)

    def build(self, learned: Learned, dimension: int) -> "MelCnnEncoder":  # noqa: ARG002
        """Return the encoder."""
        return MelCnnEncoder(self, dimension)

    def initialise(self, encoder: Encoder, learned: Learned, material: Material) -> None:
        """All weights start at random."""

    def describe(self, learned: Learned, graph: GraphSpec, folder: Path) -> AudioSpec:  # noqa: ARG002  # no files
        """Return the bundle's description."""
        return AudioSpec(
            graph=graph,
            sample_rate=self.log_mel.sample_rate,
            min_seconds=self._min_seconds,
            max_seconds=self._max_seconds,
        )

    @property
    def _min_seconds(self) -> float:
        return 4 * self.log_mel.hop / self.log_mel.sample_rate  # two steps are left of so many after pooling

    @property
    def _max_seconds(self) -> float:
        return (self.max_steps - 1) * self.log_mel.hop / self.log_mel.sample_rate


class MelCnnEncoder(Encoder):
    """Padding counts as silence outside of the sound: it is zero before every convolution, and never pooled."""

    inputs = (
        TensorSpec(name="waveform", dtype="float32", shape=("batch", "samples")),
        TensorSpec(name="sample_counts", dtype="int64", shape=("batch",)),
    )

    def __init__(self, recipe: MelCnnRecipe, dimension: int) -> None:
        super().__init__()
        self.recipe = recipe
        self.log_mel = LogMel(recipe.log_mel)
        self.first = nn.Sequential(
            nn.Conv1d(recipe.log_mel.mels, CHANNELS, 3, padding=1), nn.BatchNorm1d(CHANNELS), nn.ReLU()
        )
        self.second = nn.Sequential(nn.Conv1d(CHANNELS, HIDDEN, 3, padding=1), nn.BatchNorm1d(HIDDEN), nn.ReLU())
        self.projection = nn.Sequential(
            nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.Dropout(recipe.dropout), nn.Linear(HIDDEN, dimension)
        )

    def forward(self, waveform: Tensor, sample_counts: Tensor) -> Tensor:
        """Encode `waveform` float32 [B, samples] and `sample_counts` int64 [B] into float32 [B, D]."""
        steps = self.log_mel.steps(sample_counts)
        mels = self.log_mel(waveform)
        halved = functional.max_pool1d(self.first(mels * is_step(steps, mels)), 2)
        kept = is_step(steps // 2, halved)
        states = self.second(halved * kept) * kept
        embedding: Tensor = self.projection(states.sum(dim=2) / kept.sum(dim=2))
        return embedding
