"""Word vectors and the weights of n-grams in int8: a quarter of the size, and still one answer per text.

Only the tables are stored in int8, one scale a row, or a block of narrow rows; whatever is computed stays float32.
Activations are never quantised, so no item's scale depends on its neighbours in a batch.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

MIN_TABLE_SIZE = 1 << 16
"""Tables with fewer numbers are not worth it."""
NARROWEST_ROW = 16
BLOCK_ROWS = 64
"""Rows that share a scale where they are narrower than NARROWEST_ROW, so that the scales take little room."""


def quantise_word_vectors(path: Path) -> None:
    """Put the embedding tables of the graph at `path` into int8, in place; small ones stay as they are."""
    model = onnx.load(str(path))
    tables = {tensor.name: tensor for tensor in model.graph.initializer}
    lookups = [node for node in model.graph.node if node.op_type == "Gather" and _is_large(tables.get(node.input[0]))]
    if not lookups:
        return
    for lookup in lookups:
        _replace(model.graph, lookup, tables[lookup.input[0]])
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _is_large(table: onnx.TensorProto | None) -> bool:
    return table is not None and len(table.dims) == 2 and int(np.prod(table.dims)) >= MIN_TABLE_SIZE


def _replace(graph: onnx.GraphProto, lookup: onnx.NodeProto, table: onnx.TensorProto) -> None:
    values = numpy_helper.to_array(table)
    rows = 1 if values.shape[1] >= NARROWEST_ROW else BLOCK_ROWS
    largest = np.abs(values).max(axis=1, keepdims=True)
    scales = np.maximum(np.maximum.reduceat(largest, np.arange(0, len(values), rows)), 1e-12) / 127
    codes = np.round(values / np.repeat(scales, rows, axis=0)[: len(values)]).astype(np.int8)
    name, ids, output = table.name, lookup.input[1], lookup.output[0]
    graph.initializer.remove(table)
    graph.initializer.append(numpy_helper.from_array(codes, f"{name}.codes"))
    graph.initializer.append(numpy_helper.from_array(scales.astype(np.float32), f"{name}.scales"))
    graph.initializer.append(numpy_helper.from_array(np.array(rows, np.int64), f"{name}.rows"))
    nodes = [
        helper.make_node("Gather", [f"{name}.codes", ids], [f"{output}.codes"]),
        helper.make_node("Cast", [f"{output}.codes"], [f"{output}.float"], to=onnx.TensorProto.FLOAT),
        helper.make_node("Div", [ids, f"{name}.rows"], [f"{output}.block"]),
        helper.make_node("Gather", [f"{name}.scales", f"{output}.block"], [f"{output}.scales"]),
        helper.make_node("Mul", [f"{output}.float", f"{output}.scales"], [output]),
    ]
    at = list(graph.node).index(lookup)
    graph.node.remove(lookup)
    for offset, node in enumerate(nodes):
        graph.node.insert(at + offset, node)
