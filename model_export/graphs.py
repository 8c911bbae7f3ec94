"""All graphs of a model, each checked against torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from model_bundle.graphs.graph import Graph
from model_bundle.readers.reader import Arrays, ModalityReader
from model_bundle.spec import GraphSpec, TensorSpec
from model_export.errors import ExportError
from model_export.parity import check_encoder, check_fusion
from model_export.tracing import export_graph
from training.datasets import Example
from training.encoders.encoder import Encoder
from training.fitting.model import MultimodalModel

VECTOR = "vector"
FUSION = "fusion"


@dataclass(frozen=True)
class ExportedGraphs:
    """The graphs of a model, and how far each is from torch."""

    encoders: Mapping[str, GraphSpec]
    fusion: GraphSpec
    differences: Mapping[str, float]


def export_graphs(
    model: MultimodalModel, readers: Mapping[str, ModalityReader], examples: Sequence[Example], folder: Path
) -> ExportedGraphs:
    """Write one graph per encoder and one for fusion and heads; ExportError where one differs from torch."""
    specs, differences = {}, {}
    for name, encoder in model.by_modality.items():
        specs[name] = export_encoder(encoder, model.dimension, folder / f"{name}.onnx")
        readings = readings_of(readers[name], examples, name)
        graph = Graph(folder / specs[name].file, specs[name], threads=1)
        differences[name] = check_encoder(graph, encoder, readers[name], readings)
    fusion = export_graph(model.fusion, model.fusion.inputs, model.fusion.outputs, folder / f"{FUSION}.onnx")
    differences[FUSION] = check_fusion(Graph(folder / fusion.file, fusion, threads=1), model.fusion, fusion)
    return ExportedGraphs(specs, fusion, differences)


def export_encoder(encoder: Encoder, dimension: int, path: Path) -> GraphSpec:
    """Write one encoder's graph."""
    output = TensorSpec(name=VECTOR, dtype="float32", shape=("batch", dimension))
    return export_graph(encoder.exportable(), encoder.inputs, [output], path, encoder.translations())


def readings_of(reader: ModalityReader, examples: Sequence[Example], name: str) -> list[Arrays]:
    """Return what a reader makes of the examples that have its modality; ExportError where none has."""
    arrays = [reader.read(example.item).arrays for example in examples]
    found = [values for values in arrays if values is not None]
    if not found:
        raise ExportError(f"None of the {len(examples)} validation examples has the modality {name!r} to check it on.")
    return found
