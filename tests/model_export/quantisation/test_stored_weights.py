from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from model_export.quantisation.stored_weights import SMALLEST, store_weights

WIDTH = 64


def write_product(path: Path, rows: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Write a graph that multiplies by a matrix; return the matrix."""
    matrix = np.random.default_rng(0).normal(size=(rows, WIDTH)).astype(np.float32)
    matrix[3] = 0
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "matrix"], ["y"])],
        "product",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", rows])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", WIDTH])],
        [numpy_helper.from_array(matrix, "matrix")],
    )
    onnx.save(helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 20)]), path)
    return matrix


def test_a_large_matrix_takes_a_quarter_and_is_close(tmp_path: Path) -> None:
    rows, path = SMALLEST // WIDTH, tmp_path / "a.onnx"
    matrix = write_product(path, rows)
    size = path.stat().st_size
    store_weights(path)
    assert path.stat().st_size < 0.3 * size
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = session.run(None, {"x": np.eye(rows, dtype=np.float32)})[0]
    half_a_step = np.abs(matrix).max(axis=1, keepdims=True) / 127 / 2
    assert np.all(np.abs(found - matrix) <= half_a_step * 1.001)


def test_a_small_matrix_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    write_product(path, SMALLEST // WIDTH - 1)
    before = onnx.load(str(path))
    store_weights(path)
    assert onnx.load(str(path)) == before
