"""One torch module to one ONNX file."""

import logging
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import onnx
import torch
from torch import Tensor, nn

from model_bundle.spec import GraphSpec, TensorSpec

OPSET = 20
_EXAMPLE_SIZE = {"batch": 3, "masks": 2, "tokens": 23, "samples": 20_011, "frames": 4}
"""Sizes that varying axes have while tracing: none is 1, which would be taken for a fixed size."""
_DTYPES = {"float32": torch.float32, "int64": torch.int64, "uint8": torch.uint8, "bool": torch.bool}


Translations = Mapping[Callable[..., Any], Callable[..., Any]]
"""The ONNX form of each custom torch operator."""


def export_graph(
    module: nn.Module,
    inputs: Sequence[TensorSpec],
    outputs: Sequence[TensorSpec],
    path: Path,
    translations: Translations = MappingProxyType({}),
) -> GraphSpec:
    """Trace `module` and write it to `path`; axes with a name in `inputs` vary, the others are fixed."""
    examples = tuple(_example(tensor) for tensor in inputs)
    shapes = tuple(
        {axis: torch.export.Dim.AUTO for axis, size in enumerate(tensor.shape) if isinstance(size, str)}
        for tensor in inputs
    )
    program = _trace(module.eval(), examples, shapes, inputs, outputs, translations)
    program.save(str(path), external_data=False)
    _forget_where_it_was_traced(path)
    return GraphSpec(file=path.name, inputs=tuple(inputs), outputs=tuple(outputs))


def _trace(
    module: nn.Module,
    examples: tuple[Tensor, ...],
    shapes: tuple[dict[int, object], ...],
    inputs: Sequence[TensorSpec],
    outputs: Sequence[TensorSpec],
    translations: Translations,
) -> torch.onnx.ONNXProgram:
    # The exporter reports that torchvision isn't there, which nothing here needs.
    logging.getLogger("torch.onnx._internal.exporter._registration").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # torch's own tree utilities
        warnings.simplefilter("ignore", DeprecationWarning)
        program = torch.onnx.export(
            module,
            examples,
            dynamo=True,
            dynamic_shapes=shapes,
            input_names=[tensor.name for tensor in inputs],
            output_names=[tensor.name for tensor in outputs],
            opset_version=OPSET,
            custom_translation_table=dict(translations),
            verbose=False,
        )
    if program is None:
        raise RuntimeError("torch.onnx.export returned nothing")
    return program


def _forget_where_it_was_traced(path: Path) -> None:
    """Take out the exporter's notes: stack traces with this machine's paths, in every node and value."""
    model = onnx.load(str(path))
    graph = model.graph
    noted = [model, graph, *graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer]
    for part in noted:
        del part.metadata_props[:]
        part.doc_string = ""
    onnx.save(model, str(path))


def _example(tensor: TensorSpec) -> Tensor:
    shape = [_EXAMPLE_SIZE[size] if isinstance(size, str) else size for size in tensor.shape]
    return torch.ones(shape, dtype=_DTYPES[tensor.dtype])
