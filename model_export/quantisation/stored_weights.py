"""Matrices that are stored in int8 and computed with in float32.

A graph gets the float32 matrix out of int8 codes and a scale for each row. onnxruntime does that once, when it opens
the graph, so nothing gets slower and no activation is ever rounded.
"""

from pathlib import Path
from typing import Final

import numpy as np
import onnx
from onnx import helper, numpy_helper

SMALLEST: Final = 1 << 14
"""Matrices with fewer numbers are not worth it."""
OPERATORS: Final = ("Conv", "Gemm", "LSTM", "MatMul")


def store_weights(path: Path) -> None:
    """Store the large matrices of the graph at `path` in int8, in place; small ones stay as they are."""
    model = onnx.load(str(path))
    used = {name for node in model.graph.node if node.op_type in OPERATORS for name in node.input}
    for matrix in [tensor for tensor in model.graph.initializer if tensor.name in used and _is_large(tensor)]:
        _replace(model.graph, matrix)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _is_large(tensor: onnx.TensorProto) -> bool:
    return tensor.data_type == onnx.TensorProto.FLOAT and len(tensor.dims) > 1 and int(np.prod(tensor.dims)) >= SMALLEST


def _replace(graph: onnx.GraphProto, matrix: onnx.TensorProto) -> None:
    values, name = numpy_helper.to_array(matrix), matrix.name
    scales = np.maximum(np.abs(values).max(axis=-1, keepdims=True), 1e-12) / 127
    codes = np.round(values / scales).astype(np.int8)
    graph.initializer.remove(matrix)
    graph.initializer.append(numpy_helper.from_array(codes, f"{name}.codes"))
    graph.initializer.append(numpy_helper.from_array(scales.astype(np.float32), f"{name}.scales"))
    graph.node.insert(0, helper.make_node("Mul", [f"{name}.float", f"{name}.scales"], [name]))
    graph.node.insert(0, helper.make_node("Cast", [f"{name}.codes"], [f"{name}.float"], to=onnx.TensorProto.FLOAT))
