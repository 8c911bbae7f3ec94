from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from model_export.quantisation.word_vectors import BLOCK_ROWS, MIN_TABLE_SIZE, quantise_word_vectors

WIDTH = 64


def write_lookup(path: Path, rows: int, width: int = WIDTH) -> NDArray[np.float32]:
    """Write a graph that looks rows of a table up; return the table."""
    table = np.random.default_rng(0).normal(size=(rows, width)).astype(np.float32)
    table *= np.linspace(0, 3, rows, dtype=np.float32)[:, None]  # the first row is zeros, as a padding's may be
    graph = helper.make_graph(
        [helper.make_node("Gather", ["words", "ids"], ["vectors"]), helper.make_node("Relu", ["vectors"], ["out"])],
        "lookup",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["n"])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["n", width])],
        [numpy_helper.from_array(table, "words")],
    )
    onnx.save(helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 20)]), path)
    return table


def look_up(path: Path, rows: int) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found: NDArray[np.float32] = session.run(None, {"ids": np.arange(rows)})[0]
    return found


def test_a_large_table_is_close_and_a_quarter_of_the_size(tmp_path: Path) -> None:
    rows = MIN_TABLE_SIZE // WIDTH
    path = tmp_path / "a.onnx"
    table = write_lookup(path, rows)
    size = path.stat().st_size
    quantise_word_vectors(path)
    assert path.stat().st_size < 0.3 * size
    half_a_step = np.abs(table).max(axis=1, keepdims=True) / 127 / 2
    assert np.all(np.abs(look_up(path, rows) - np.maximum(table, 0)) <= half_a_step * 1.001)


def test_narrow_rows_share_a_scale(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    table = write_lookup(path, MIN_TABLE_SIZE + 1, width=1)
    size = path.stat().st_size
    quantise_word_vectors(path)
    assert path.stat().st_size < 0.3 * size
    blocks = np.abs(table).reshape(-1)[:-1].reshape(-1, BLOCK_ROWS).max(axis=1)
    half_a_step = np.append(np.repeat(blocks, BLOCK_ROWS), abs(table[-1])) / 127 / 2
    assert np.all(np.abs(look_up(path, len(table)) - np.maximum(table, 0))[:, 0] <= half_a_step * 1.001 + 1e-9)


def test_a_small_table_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    write_lookup(path, MIN_TABLE_SIZE // WIDTH - 1)
    before = path.read_bytes()
    quantise_word_vectors(path)
    assert path.read_bytes() == before
