from pathlib import Path

import numpy as np
import pytest

from model_bundle import BundleError
from model_bundle.graphs.graph import Graph
from model_bundle.spec import TensorSpec
from tests.tiny_bundle import METADATA_GRAPH

INPUTS = {"genres": np.zeros((1, 3), np.uint8), "year": np.array([1994])}


def test_a_graph_is_opened_when_it_is_first_run(tiny_bundle: Path) -> None:
    graph = Graph(tiny_bundle / "metadata.onnx", METADATA_GRAPH, threads=1)
    assert not graph.is_open
    assert graph.run(INPUTS)[0].shape == (1, 4)
    assert graph.is_open


def test_a_graph_with_other_inputs_than_described_is_refused(tiny_bundle: Path) -> None:
    wider = TensorSpec(name="genres", dtype="uint8", shape=("batch", 4))
    spec = METADATA_GRAPH.model_copy(update={"inputs": (wider, METADATA_GRAPH.inputs[1])})
    with pytest.raises(BundleError, match="its inputs are"):
        Graph(tiny_bundle / "metadata.onnx", spec, threads=1).run(INPUTS)


def test_a_file_that_is_no_graph_is_named(tmp_path: Path) -> None:
    path = tmp_path / "metadata.onnx"
    path.write_bytes(b"no graph")
    with pytest.raises(BundleError, match=r"metadata\.onnx can't be opened"):
        Graph(path, METADATA_GRAPH, threads=1).run(INPUTS)
