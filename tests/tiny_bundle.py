"""Bundles small enough to write in a test and real enough to run: word vectors, genres and year, colours, a fusion."""

from collections.abc import Sequence
from pathlib import Path
from shutil import copyfile
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from model_bundle.folder import sha256_of, write_spec
from model_bundle.readers.text import SEPARATOR
from model_bundle.spec import (
    AudioSpec,
    BundleSpec,
    ContextSpec,
    DatasetProvenance,
    Figure,
    GraphSpec,
    HeadSpec,
    ImageSpec,
    Measurement,
    MetadataSpec,
    ModalitySpec,
    Provenance,
    ResizeSpec,
    TensorSpec,
    TextSpec,
    VideoSpec,
)

FACE_DETECTOR: Final = Path(__file__).parent.parent / "training/encoders/assets/blazeface.onnx"
DIMENSION: Final = 4
MAX_TOKENS: Final = 32
HEAD_TOKENS: Final = 16
GENRES: Final = ("Comedy", "Drama", "Horror")
LABELS: Final = ("negative", "positive")
REVIEW: Final = ("text", "metadata")
POST: Final = ("text", "image")
CLIP: Final = ("text", "audio", "video")
EMOTIONS: Final = ("anger", "joy", "neutral")
"""Of a bundle that hears or sees, beside the sentiment."""
FRAMES: Final = 4
CONTEXT: Final = ContextSpec(turns=2, turn_tokens=8, speakers=True)
HEIGHT: Final = 6
WIDTH: Final = 9
MOST_PIXELS: Final = 1_000_000

POSITIVE_WORDS: Final = ("good", "great", "perfect", "wonderful")
NEGATIVE_WORDS: Final = ("bad", "awful", "boring", "terrible")
NEUTRAL_WORDS: Final = ("a", "and", "film", "is", "it", "the", "this", "was", "with", ".", ",", "!")
SPECIAL_TOKENS: Final = ("[PAD]", "[UNK]")
VOCABULARY: Final = (*SPECIAL_TOKENS, *POSITIVE_WORDS, *NEGATIVE_WORDS, *NEUTRAL_WORDS)

_TYPES: Final = {
    "float32": TensorProto.FLOAT,
    "int64": TensorProto.INT64,
    "uint8": TensorProto.UINT8,
    "bool": TensorProto.BOOL,
}

_POSITIVE: Final = {
    "text": (4, 0.1, 0, 0),
    "metadata": (1, 0, 0.1, 0.1),
    "image": (2, 0.1, 0, 0.1),
    "audio": (3, 0, 0.1, 0),
    "video": (2, 0.1, 0, 0.1),
}
_ABSENT: Final = {
    "text": (0.05, 0, 0, 0),
    "metadata": (0, 0, 0.2, 0.1),
    "image": (0, 0.1, 0, 0),
    "audio": (0, 0, 0.1, 0),
    "video": (0, 0.1, 0, 0),
}

TEXT_GRAPH: Final = GraphSpec(
    file="text.onnx",
    inputs=(
        TensorSpec(name="token_ids", dtype="int64", shape=("batch", "tokens")),
        TensorSpec(name="token_counts", dtype="int64", shape=("batch",)),
    ),
    outputs=(TensorSpec(name="embedding", dtype="float32", shape=("batch", DIMENSION)),),
)
METADATA_GRAPH: Final = GraphSpec(
    file="metadata.onnx",
    inputs=(
        TensorSpec(name="genres", dtype="uint8", shape=("batch", len(GENRES))),
        TensorSpec(name="year", dtype="int64", shape=("batch",)),
    ),
    outputs=(TensorSpec(name="embedding", dtype="float32", shape=("batch", DIMENSION)),),
)
IMAGE_GRAPH: Final = GraphSpec(
    file="image.onnx",
    inputs=(TensorSpec(name="pixels", dtype="uint8", shape=("batch", HEIGHT, WIDTH, 3)),),
    outputs=(TensorSpec(name="embedding", dtype="float32", shape=("batch", DIMENSION)),),
)
AUDIO_GRAPH: Final = GraphSpec(
    file="audio.onnx",
    inputs=(
        TensorSpec(name="waveform", dtype="float32", shape=("batch", "samples")),
        TensorSpec(name="sample_counts", dtype="int64", shape=("batch",)),
    ),
    outputs=(TensorSpec(name="embedding", dtype="float32", shape=("batch", DIMENSION)),),
)
VIDEO_GRAPH: Final = GraphSpec(
    file="video.onnx",
    inputs=(
        TensorSpec(name="frames", dtype="uint8", shape=("batch", "frames", HEIGHT, WIDTH, 3)),
        TensorSpec(name="frame_counts", dtype="int64", shape=("batch",)),
    ),
    outputs=(TensorSpec(name="embedding", dtype="float32", shape=("batch", DIMENSION)),),
)
SPECS: Final[dict[str, ModalitySpec]] = {
    "text": TextSpec(graph=TEXT_GRAPH, tokenizer="tokenizer.json", max_tokens=MAX_TOKENS, head_tokens=HEAD_TOKENS),
    "metadata": MetadataSpec(graph=METADATA_GRAPH, genres=GENRES, genre_aliases={"comedies": "Comedy"}),
    "image": ImageSpec(graph=IMAGE_GRAPH, height=HEIGHT, width=WIDTH, resize="stretch", max_pixels=MOST_PIXELS),
    "audio": AudioSpec(graph=AUDIO_GRAPH, max_seconds=15),
    "video": VideoSpec(
        graph=VIDEO_GRAPH,
        frames=FRAMES,
        picture=ResizeSpec(height=HEIGHT, width=WIDTH, resize="stretch", max_pixels=MOST_PIXELS),
        face_detector="faces.onnx",
    ),
}


def fusion_graph(modalities: Sequence[str]) -> GraphSpec:
    """Describe the fusion of these modalities."""
    count = len(modalities)
    return GraphSpec(
        file="fusion.onnx",
        inputs=(
            TensorSpec(name="embeddings", dtype="float32", shape=("batch", count, DIMENSION)),
            TensorSpec(name="present", dtype="bool", shape=("masks", count)),
        ),
        outputs=tuple(
            TensorSpec(name=head, dtype="float32", shape=("masks", "batch", len(labels)))
            for head, labels in heads(modalities).items()
        ),
    )


def heads(modalities: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the labels of a bundle of these modalities, by head."""
    emotional = {"audio", "video"} & set(modalities)
    return {"emotion": EMOTIONS, "sentiment": LABELS} if emotional else {"sentiment": LABELS}


def write_tiny_bundle(models_folder: Path, name: str = "reviews", modalities: Sequence[str] = REVIEW) -> Path:
    """Write a bundle of these modalities into `models_folder / name`, and return that folder."""
    folder = models_folder / name
    folder.mkdir(parents=True)
    if "text" in modalities:
        vocabulary = _vocabulary(modalities)
        _tokenizer(vocabulary).save(str(folder / "tokenizer.json"))
        _write_graph(folder, TEXT_GRAPH, _text_nodes(), _text_constants(vocabulary))
    if "metadata" in modalities:
        _write_graph(folder, METADATA_GRAPH, _metadata_nodes(), _metadata_constants())
    if "image" in modalities:
        _write_graph(folder, IMAGE_GRAPH, _image_nodes(), _image_constants())
    if "audio" in modalities:
        _write_graph(folder, AUDIO_GRAPH, _audio_nodes(), _audio_constants())
    if "video" in modalities:
        _write_graph(folder, VIDEO_GRAPH, _video_nodes(), _video_constants())
        copyfile(FACE_DETECTOR, folder / "faces.onnx")
    _write_graph(folder, fusion_graph(modalities), _fusion_nodes(modalities), _fusion_constants(modalities))
    (folder / "README.md").write_text("# Tiny\n\nA bundle for tests: it knows twenty words.\n", encoding="utf-8")
    write_spec(folder, tiny_spec(folder, name, modalities))
    return folder


def tiny_spec(folder: Path, name: str = "reviews", modalities: Sequence[str] = REVIEW) -> BundleSpec:
    """Describe the bundle whose files are in `folder`, with their hashes as they are now."""
    paths = sorted(path for path in folder.iterdir() if path.name != "bundle.json")
    return BundleSpec(
        name=name,
        version="0.0.1",
        description="A handful of word vectors, for tests.",
        intended_use="Tests.",
        licence="MIT",
        modalities=tuple(_spec(modality, modalities) for modality in modalities),
        fusion=fusion_graph(modalities),
        heads=tuple(HeadSpec(name=head, labels=labels, temperature=1.5) for head, labels in heads(modalities).items()),
        provenance=Provenance(
            recipe={"name": "tiny"},
            datasets=(DatasetProvenance(name="none", fingerprint="0" * 64, licence="MIT", citation="Made up."),),
            commit="0" * 40,
            seed=0,
            command="python -m pytest",
        ),
        measurements=(
            Measurement(
                dataset="none",
                split="none",
                n=2,
                command="python",
                figures=(Figure(head="sentiment", name="accuracy", modalities=modalities, value=1.0),),
            ),
        ),
        files={path.name: sha256_of(path) for path in paths},
    )


def _vocabulary(modalities: Sequence[str]) -> tuple[str, ...]:
    """Return the words, and what stands between turns where a conversation is read."""
    return (*VOCABULARY, SEPARATOR) if _spec("text", modalities) != SPECS["text"] else VOCABULARY


def _spec(modality: str, modalities: Sequence[str]) -> ModalitySpec:
    """Describe one of these modalities: beside sound and sight, the text is part of a conversation."""
    is_said = modality == "text" and {"audio", "video"} & set(modalities)
    return SPECS[modality].model_copy(update={"context": CONTEXT}) if is_said else SPECS[modality]


def _tokenizer(vocabulary: Sequence[str]) -> Tokenizer:
    numbers = {word: index for index, word in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordLevel(numbers, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return tokenizer


def _text_nodes() -> list[onnx.NodeProto]:
    """Mean of the word vectors, with the padding masked."""
    return [
        helper.make_node("Gather", ["word_vectors", "token_ids"], ["vectors"]),
        helper.make_node("Shape", ["token_ids"], ["token_axis"], start=1, end=2),
        helper.make_node("Squeeze", ["token_axis"], ["tokens"]),
        helper.make_node("Range", ["zero", "tokens", "one"], ["positions"]),
        helper.make_node("Unsqueeze", ["token_counts", "last_axis"], ["counts"]),
        helper.make_node("Less", ["positions", "counts"], ["is_token"]),
        helper.make_node("Cast", ["is_token"], ["weights"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["weights", "last_axis"], ["column_weights"]),
        helper.make_node("Mul", ["vectors", "column_weights"], ["weighted"]),
        helper.make_node("ReduceSum", ["weighted", "token_axis_index"], ["total"], keepdims=0),
        helper.make_node("Cast", ["counts"], ["divisor"], to=TensorProto.FLOAT),
        helper.make_node("Div", ["total", "divisor"], ["embedding"]),
    ]


def _text_constants(vocabulary: Sequence[str]) -> dict[str, NDArray[Any]]:
    vectors = np.zeros((len(vocabulary), DIMENSION), np.float32)
    for row, word in enumerate(vocabulary):
        vectors[row, 0] = (word in POSITIVE_WORDS) - (word in NEGATIVE_WORDS)
        vectors[row, 1] = row / len(VOCABULARY)
    vectors[0] = 100.0  # padding that is read by mistake shows
    return {
        "word_vectors": vectors,
        "zero": np.array(0, np.int64),
        "one": np.array(1, np.int64),
        "last_axis": np.array([-1], np.int64),
        "token_axis_index": np.array([1], np.int64),
    }


def _metadata_nodes() -> list[onnx.NodeProto]:
    """A vector per genre, and one for the year where it is known."""
    return [
        helper.make_node("Cast", ["genres"], ["genre_weights"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["genre_weights", "genre_vectors"], ["from_genres"]),
        helper.make_node("Cast", ["year"], ["year_number"], to=TensorProto.FLOAT),
        helper.make_node("Sub", ["year_number", "middle_year"], ["centred"]),
        helper.make_node("Div", ["centred", "year_scale"], ["scaled"]),
        helper.make_node("Equal", ["year", "unknown_year"], ["is_unknown"]),
        helper.make_node("Where", ["is_unknown", "nothing", "scaled"], ["known"]),
        helper.make_node("Unsqueeze", ["known", "last_axis"], ["year_column"]),
        helper.make_node("Mul", ["year_column", "year_vector"], ["from_year"]),
        helper.make_node("Add", ["from_genres", "from_year"], ["embedding"]),
    ]


def _metadata_constants() -> dict[str, NDArray[Any]]:
    return {
        "genre_vectors": np.array([[0.2, 0, 1, 0], [0.1, 0, 0, 1], [-0.3, 0, 1, 1]], np.float32),
        "middle_year": np.array(1990, np.float32),
        "year_scale": np.array(50, np.float32),
        "unknown_year": np.array(0, np.int64),
        "nothing": np.array(0, np.float32),
        "last_axis": np.array([-1], np.int64),
        "year_vector": np.array([-0.1, 0, 0, 0.5], np.float32),
    }


def _image_nodes() -> list[onnx.NodeProto]:
    """What the image's mean colour says."""
    return [
        helper.make_node("Cast", ["pixels"], ["values"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["values", "picture_axes"], ["mean"], keepdims=0),
        helper.make_node("Div", ["mean", "brightest"], ["colour"]),
        helper.make_node("MatMul", ["colour", "colour_vectors"], ["embedding"]),
    ]


def _image_constants() -> dict[str, NDArray[Any]]:
    return {
        "picture_axes": np.array([1, 2], np.int64),
        "brightest": np.array(255, np.float32),
        "colour_vectors": np.array([[1, 0, 0.1, 0], [0, 1, 0, 0], [-1, 0, 0, 0.2]], np.float32),
    }


def _audio_nodes() -> list[onnx.NodeProto]:
    """How loud the sound is: silence that pads it is not counted."""
    return [
        helper.make_node("Abs", ["waveform"], ["loudness"]),
        helper.make_node("ReduceSum", ["loudness", "sample_axis"], ["total"], keepdims=1),
        helper.make_node("Cast", ["sample_counts"], ["counts"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["counts", "last_axis"], ["divisor"]),
        helper.make_node("Div", ["total", "divisor"], ["mean"]),
        helper.make_node("MatMul", ["mean", "loud_vector"], ["embedding"]),
    ]


def _audio_constants() -> dict[str, NDArray[Any]]:
    return {
        "sample_axis": np.array([1], np.int64),
        "last_axis": np.array([-1], np.int64),
        "loud_vector": np.array([[2, 0, 0.5, 0]], np.float32),
    }


def _video_nodes() -> list[onnx.NodeProto]:
    """What the mean colour of the frames says: black frames that pad it are not counted."""
    return [
        helper.make_node("Cast", ["frames"], ["values"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["values", "picture_axes"], ["means"], keepdims=0),
        helper.make_node("ReduceSum", ["means", "frame_axis"], ["total"], keepdims=0),
        helper.make_node("Cast", ["frame_counts"], ["counts"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["counts", "last_axis"], ["divisor"]),
        helper.make_node("Div", ["total", "divisor"], ["mean"]),
        helper.make_node("Div", ["mean", "brightest"], ["colour"]),
        helper.make_node("MatMul", ["colour", "colour_vectors"], ["embedding"]),
    ]


def _video_constants() -> dict[str, NDArray[Any]]:
    return {
        "picture_axes": np.array([2, 3], np.int64),
        "frame_axis": np.array([1], np.int64),
        "last_axis": np.array([-1], np.int64),
        "brightest": np.array(255, np.float32),
        "colour_vectors": np.array([[1, 0, 0.1, 0], [0, 1, 0, 0], [-1, 0, 0, 0.2]], np.float32),
    }


def _fusion_nodes(modalities: Sequence[str]) -> list[onnx.NodeProto]:
    """Every mask is applied to every item; an absent modality is replaced by its own vector."""
    nodes = [
        helper.make_node("Unsqueeze", ["present", "mask_axes"], ["wide_present"]),
        helper.make_node("Unsqueeze", ["embeddings", "first_axis"], ["wide_embeddings"]),
        helper.make_node("Where", ["wide_present", "wide_embeddings", "absent"], ["filled"]),
        helper.make_node("Reshape", ["filled", "flat_shape"], ["flat"]),
    ]
    for head in heads(modalities):
        nodes += [
            helper.make_node("MatMul", ["flat", f"{head}_weights"], [f"{head}_weighed"]),
            helper.make_node("Add", [f"{head}_weighed", f"{head}_bias"], [head]),
        ]
    return nodes


def _fusion_constants(modalities: Sequence[str]) -> dict[str, NDArray[Any]]:
    positive = np.array([_POSITIVE[modality] for modality in modalities], np.float32).ravel()
    absent = np.array([_ABSENT[modality] for modality in modalities], np.float32)
    constants: dict[str, NDArray[Any]] = {
        "mask_axes": np.array([1, 3], np.int64),
        "first_axis": np.array([0], np.int64),
        "absent": absent[None, None],
        "flat_shape": np.array([0, 0, absent.size], np.int64),
        "sentiment_weights": np.stack([-positive, positive], axis=1),
        "sentiment_bias": np.array([0.05, -0.05], np.float32),
    }
    if "emotion" in heads(modalities):
        constants["emotion_weights"] = np.stack([-positive, positive, 0 * positive], axis=1)
        constants["emotion_bias"] = np.array([0, 0, 0.1], np.float32)
    return constants


def _write_graph(
    folder: Path, spec: GraphSpec, nodes: list[onnx.NodeProto], constants: dict[str, NDArray[Any]]
) -> None:
    graph = helper.make_graph(
        nodes,
        spec.file.removesuffix(".onnx"),
        [_value(tensor) for tensor in spec.inputs],
        [_value(tensor) for tensor in spec.outputs],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 20)])
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, folder / spec.file)


def _value(tensor: TensorSpec) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(tensor.name, _TYPES[tensor.dtype], list(tensor.shape))
