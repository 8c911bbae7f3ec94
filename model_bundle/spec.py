"""`bundle.json`: everything about a model that its files alone don't say."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    SerializeAsAny,
    model_validator,
)

from model_bundle.registry import Registry, UnknownEntryError

if TYPE_CHECKING:
    from model_bundle.readers.reader import ModalityReader

BUNDLE_FILE = "bundle.json"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TensorSpec(_Frozen):
    """One input or output of a graph."""

    name: str
    dtype: Literal["float32", "int64", "uint8", "bool"]
    shape: tuple[int | str, ...]
    """A name stands for an axis that varies, such as `batch`."""


class GraphSpec(_Frozen):
    """One ONNX file."""

    file: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    precision: str = "float32"
    """How the weights are stored, such as `float32` or `int8 word vectors`."""
    runs_alone: bool = False
    """Items are run one at a time, unpadded: for a graph with dynamic quantisation, which scales the activations of a
    whole batch alike, so that an answer would depend on its company."""


@dataclass(frozen=True, slots=True)
class ClipNeeds:
    """What a modality's reader takes from audio and video, decoded once for all of them."""

    sample_rate: int = 0
    """Of the waveform, in Hz; 0 if it hears nothing."""
    min_audio_seconds: float = 0
    frames: int = 0
    """At most so many are taken; 0 if it sees nothing."""


class ModalitySpec(_Frozen):
    """How one modality of an item becomes its graph's inputs.

    A new kind is a subclass, an entry in `MODALITIES` or in another package, and a reader.
    """

    kind: str
    """Name of the modality, and of its entry in `MODALITIES`."""
    graph: GraphSpec

    @property
    def assets(self) -> tuple[str, ...]:
        """The files that its reader needs."""
        return ()

    def open_reader(self, folder: Path) -> "ModalityReader":
        """Open the reader that this describes, with its files in `folder`."""
        raise NotImplementedError

    def clip_needs(self) -> ClipNeeds:
        """Return what its reader takes from audio and video: nothing, unless it says so."""
        return ClipNeeds()

    @property
    def max_image_pixels(self) -> int | None:
        """The most pixels that an image may have; None if its reader reads no images."""
        return None

    def card_line(self) -> str:
        """Say in the model card what goes in."""
        raise NotImplementedError


class ContextSpec(_Frozen):
    """How much is read of what was said before a text."""

    turns: Annotated[int, Field(gt=0)]
    """The last so many; earlier ones are not read."""
    turn_tokens: Annotated[int, Field(gt=0)]
    """Longer ones lose their end."""
    speakers: bool
    """Whether the speaker's name stands before what is said, as in `Ann: Hello.`"""


class TextSpec(ModalitySpec):
    """How text becomes `token_ids` int64 [batch, tokens] and `token_counts` int64 [batch]."""

    kind: Literal["text"] = "text"
    tokenizer: str
    """File of the Hugging Face `tokenizers` pipeline: normalising, stop words, splitting and vocabulary."""
    max_tokens: Annotated[int, Field(gt=0)]
    """Longer texts lose their middle."""
    head_tokens: Annotated[int, Field(ge=0)]
    """How many of `max_tokens` come from the beginning of a longer text; the others come from its end."""
    pictographs: str | None = None
    """File of the names of emoji and emoticons. With it, a text is cleaned before the tokenizer sees it; without, it is
    read as it is."""
    context: ContextSpec | None = None
    """What was said before follows the text, the latest first; it is not read without this."""

    @property
    def assets(self) -> tuple[str, ...]:
        """The tokenizer's file, and that of the names of emoji."""
        return tuple(name for name in (self.tokenizer, self.pictographs) if name is not None)

    def open_reader(self, folder: Path) -> "ModalityReader":
        """Open the tokenizer."""
        from model_bundle.readers.text import TextReader

        return TextReader.open(self, folder)

    def card_line(self) -> str:
        """Say which part of a long text is read."""
        tail = self.max_tokens - self.head_tokens
        line = f"text; of more than {self.max_tokens} tokens the first {self.head_tokens} and the last {tail} are read"
        if self.context is None:
            return f"{line}."
        turns, tokens = self.context.turns, self.context.turn_tokens
        return f"{line}; and what was said before it: the last {turns} turns, up to {tokens} tokens of each."


class MetadataSpec(ModalitySpec):
    """How genres and year become `genres` uint8 [batch, genres] and `year` int64 [batch] (0: unknown)."""

    kind: Literal["metadata"] = "metadata"
    genres: tuple[str, ...]
    """The genres that the model knows, in the order of the graph's columns."""
    genre_aliases: dict[str, str] = {}
    """Other names of those genres, lower-cased."""

    def open_reader(self, folder: Path) -> "ModalityReader":  # noqa: ARG002  # it needs no files
        """Open the genres' columns."""
        from model_bundle.readers.metadata import MetadataReader

        return MetadataReader.open(self)

    def card_line(self) -> str:
        """List the genres."""
        return f"release year, and genres among {', '.join(self.genres)}."


class ResizeSpec(_Frozen):
    """What size an image is given, and which are refused."""

    height: Annotated[int, Field(gt=0)]
    width: Annotated[int, Field(gt=0)]
    resize: Literal["crop", "stretch", "pad"]
    """`crop`: the shorter side is scaled to `shorter_side`, and the centre cut out. `stretch`: each side is scaled on
    its own. `pad`: scaled until it fits, and centred on black."""
    shorter_side: Annotated[int, Field(gt=0)] | None = None
    """Of `crop`, in pixels."""
    resampling: Literal["bilinear", "bicubic"] = "bicubic"
    """Antialiased if it makes an image smaller."""
    max_pixels: Annotated[int, Field(gt=0)]
    """Larger images are refused before they are decoded. `decoding.image.estimate_bytes` says what decoding takes."""

    @model_validator(mode="after")
    def _crop_fits(self) -> Self:
        if (self.resize == "crop") != (self.shorter_side is not None):
            raise ValueError("`shorter_side` goes with `resize: crop`, and only with it")
        if self.shorter_side is not None and self.shorter_side < max(self.height, self.width):
            raise ValueError(f"no {self.height} x {self.width} can be cut out where the shorter side is smaller")
        return self


_RESIZING: Final = {"crop": "cropped to its middle", "stretch": "stretched to", "pad": "fitted into"}


class ImageSpec(ResizeSpec, ModalitySpec):
    """How an image becomes `pixels` uint8 [batch, height, width, 3], RGB; scaling of values is inside the graph."""

    kind: Literal["image"] = "image"

    @property
    def max_image_pixels(self) -> int:
        """Larger images are refused."""
        return self.max_pixels

    def open_reader(self, folder: Path) -> "ModalityReader":  # noqa: ARG002  # it needs no files
        """Open the decoder and resizer."""
        from model_bundle.readers.image import ImageReader

        return ImageReader(self)

    def card_line(self) -> str:
        """Say how an image is resized."""
        return f"an image (JPEG, PNG, WebP or GIF), {_RESIZING[self.resize]} {self.width} x {self.height} pixels."


class AudioSpec(ModalitySpec):
    """How sound becomes `waveform` float32 [batch, samples] from -1 to 1, mono, and `sample_counts` int64 [batch].

    Spectrograms are made inside the graph.
    """

    kind: Literal["audio"] = "audio"
    sample_rate: Annotated[int, Field(gt=0)] = 16_000
    """In Hz."""
    min_seconds: Annotated[float, Field(gt=0)] = 0.25
    """Shorter sound is refused."""
    max_seconds: Annotated[float, Field(gt=0)]
    """Longer sound loses its end."""
    trim_silence: bool = False
    """Leave out what lies before the first and after the last sound that is loud enough to be heard beside the rest."""

    def open_reader(self, folder: Path) -> "ModalityReader":  # noqa: ARG002  # it needs no files
        """Open the reader."""
        from model_bundle.readers.audio import AudioReader

        return AudioReader.open(self)

    def clip_needs(self) -> ClipNeeds:
        """Return the sound."""
        return ClipNeeds(sample_rate=self.sample_rate, min_audio_seconds=self.min_seconds)

    def card_line(self) -> str:
        """Say how much is heard."""
        return (
            f"audio, or the sound of a video: {self.min_seconds:g} seconds or more, of which the first "
            f"{self.max_seconds:g} are heard."
        )


class FramesSpec(_Frozen):
    """Which frames of a clip are seen, and how."""

    frames: Annotated[int, Field(gt=0)]
    """At most so many, evenly spaced over the clip."""
    fill: bool = False
    """Show frames of a shorter clip several times, so that there are always just as many."""
    picture: ResizeSpec
    """What becomes of a frame, or of the face in it."""
    face_detector: str | None = None
    """File of the detector's graph. With it, the largest face of each frame is all that is seen, or the whole frame
    if no frame has a face."""


class VideoSpec(FramesSpec, ModalitySpec):
    """How a clip becomes `frames` uint8 [batch, frames, height, width, 3], RGB, and `frame_counts` int64 [batch]."""

    kind: Literal["video"] = "video"

    @property
    def max_image_pixels(self) -> int:
        """Larger images are refused: one is a video of one frame."""
        return self.picture.max_pixels

    @property
    def assets(self) -> tuple[str, ...]:
        """The face detector's file, if there is one."""
        return () if self.face_detector is None else (self.face_detector,)

    def open_reader(self, folder: Path) -> "ModalityReader":
        """Open the reader, and with it the face detector."""
        from model_bundle.readers.video import VideoReader

        return VideoReader.open(self, folder)

    def clip_needs(self) -> ClipNeeds:
        """Return the frames."""
        return ClipNeeds(frames=self.frames)

    def card_line(self) -> str:
        """Say what is seen."""
        seen = "frames" if self.face_detector is None else "frames, of each the largest face,"
        size = f"{self.picture.width} x {self.picture.height} pixels"
        return f"a video or an image: up to {self.frames} {seen} {_RESIZING[self.picture.resize]} {size}."


MODALITIES: Final = Registry[type[ModalitySpec]](
    "modality",
    "valence.modalities",
    {"text": TextSpec, "metadata": MetadataSpec, "image": ImageSpec, "audio": AudioSpec, "video": VideoSpec},
)
"""The kinds of modality, by name."""


def _as_its_kind(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    try:
        return MODALITIES[str(value.get("kind"))].model_validate(value)
    except UnknownEntryError as error:
        raise ValueError(str(error)) from error


class HeadSpec(_Frozen):
    """One question that the model answers."""

    name: str
    labels: tuple[str, ...]
    """In the order of the logits."""
    temperature: Annotated[float, Field(gt=0)] = 1.0
    """Logits are divided by it before the softmax (Guo et al. 2017, arXiv:1706.04599)."""
    unclear_below: Annotated[float, Field(gt=0, le=1)] | None = None
    """Confidence under which an answer comes with a warning that it is unclear; never without it."""
    baseline_shares: dict[str, Annotated[float, Field(ge=0, le=1)]] | None = None
    """Each label's share of the answers to the validation data: what later answers are compared with, for drift."""

    @model_validator(mode="after")
    def _baseline_fits(self) -> Self:
        if self.baseline_shares is not None and self.baseline_shares.keys() != set(self.labels):
            raise ValueError(f"the baseline shares of {self.name!r} are not one for each label")
        return self


class DatasetProvenance(_Frozen):
    """A data set that the model was trained on."""

    name: str
    fingerprint: Annotated[str, Field(description="sha256 over the examples as they were read")]
    licence: str
    citation: str


class Provenance(_Frozen):
    """Where a bundle comes from: enough to make it again."""

    recipe: dict[str, JsonValue]
    datasets: tuple[DatasetProvenance, ...]
    commit: str
    """Git commit of the code that trained it; `+changes` where the tree was not clean."""
    seed: int
    command: str


class Figure(_Frozen):
    """One figure of one head."""

    head: str
    name: str
    """Such as `accuracy` or `macro_f1`."""
    modalities: tuple[str, ...]
    """What the model was given of each item."""
    value: float
    """Of several folds, their mean."""
    deviation: float | None = None
    """Standard deviation over the folds, if there were several."""


class Measurement(_Frozen):
    """Figures, and what they were measured on."""

    dataset: str
    split: str
    n: int
    command: str
    figures: tuple[Figure, ...]


class BundleSpec(_Frozen):
    """A whole model: its modalities, fusion, heads and history."""

    format_version: Literal[1] = 1
    name: str
    version: str
    description: str
    intended_use: str
    licence: str
    """Terms of the weights, which follow from those of the training data."""
    modalities: tuple[Annotated[SerializeAsAny[ModalitySpec], BeforeValidator(_as_its_kind)], ...]
    """In the order of the fusion's modality axis."""
    fusion: GraphSpec
    heads: tuple[HeadSpec, ...]
    text_min_words: Annotated[int, Field(ge=0)] = 0
    """Of several models that read text, the one with the largest of these that a text reaches predicts for a request
    that has nothing else and names no model."""
    provenance: Provenance
    measurements: tuple[Measurement, ...] = ()
    files: dict[str, str]
    """sha256 of every file of the bundle but `bundle.json` itself."""

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        kinds = [modality.kind for modality in self.modalities]
        if len(set(kinds)) != len(kinds):
            raise ValueError(f"a modality appears twice: {kinds}")
        if [output.name for output in self.fusion.outputs] != [head.name for head in self.heads]:
            raise ValueError("the fusion's outputs are not the heads, in order")
        missing = self._named_files() - self.files.keys()
        if missing:
            raise ValueError(f"no sha256 for {', '.join(sorted(missing))}")
        return self

    def figure(self, head: str, name: str, modalities: Collection[str]) -> float | None:
        """Return a figure of the first measurement that has it; None if none was recorded."""
        for measurement in self.measurements:
            for found in measurement.figures:
                if (found.head, found.name) == (head, name) and set(found.modalities) == set(modalities):
                    return found.value
        return None

    def _named_files(self) -> set[str]:
        graphs = {modality.graph.file for modality in self.modalities}
        assets = {asset for modality in self.modalities for asset in modality.assets}
        return graphs | assets | {self.fusion.file}
