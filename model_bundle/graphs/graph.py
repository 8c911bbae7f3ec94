"""One ONNX graph, opened when it is first run."""

from pathlib import Path
from threading import Lock
from typing import Any

import onnxruntime
from numpy.typing import NDArray

from model_bundle.errors import BundleError
from model_bundle.folder import check_file
from model_bundle.readers.reader import Arrays
from model_bundle.spec import GraphSpec, TensorSpec

_DTYPES = {"tensor(float)": "float32", "tensor(int64)": "int64", "tensor(uint8)": "uint8", "tensor(bool)": "bool"}


class Graph:
    """An ONNX graph whose inputs and outputs are checked against the bundle's description."""

    def __init__(self, path: Path, spec: GraphSpec, threads: int, sha256: str | None = None) -> None:
        """Describe the graph at `path`; with `sha256`, the file is checked when it is opened."""
        self.path = path
        self._sha256 = sha256
        self._spec = spec
        self._threads = threads
        self._session: onnxruntime.InferenceSession | None = None
        self._opening = Lock()

    @property
    def is_open(self) -> bool:
        """Whether the session has been opened."""
        return self._session is not None

    def open(self) -> None:
        """Open the session now, instead of when it is first needed."""
        self._opened()

    def run(self, inputs: Arrays) -> list[NDArray[Any]]:
        """Run the graph; outputs come in the order of the description."""
        return list(self._opened().run([output.name for output in self._spec.outputs], dict(inputs)))

    def _opened(self) -> onnxruntime.InferenceSession:
        with self._opening:
            if self._session is None:
                self._session = self._open()
            return self._session

    def _open(self) -> onnxruntime.InferenceSession:
        if self._sha256 is not None:
            check_file(self.path, self._sha256)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        try:
            session = onnxruntime.InferenceSession(str(self.path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own exceptions share no public base class
            raise BundleError(f"{self.path} can't be opened: {error}") from error
        self._check("inputs", session.get_inputs(), self._spec.inputs)
        self._check("outputs", session.get_outputs(), self._spec.outputs)
        return session

    def _check(self, side: str, actual: list[Any], expected: tuple[TensorSpec, ...]) -> None:
        found = {node.name: (_DTYPES.get(node.type, node.type), _fixed_axes(node.shape)) for node in actual}
        wanted = {tensor.name: (tensor.dtype, _fixed_axes(tensor.shape)) for tensor in expected}
        if found != wanted:
            raise BundleError(f"{self.path}: its {side} are {found}, but the bundle describes {wanted}.")


def _fixed_axes(shape: Any) -> tuple[int | None, ...]:
    return tuple(axis if isinstance(axis, int) else None for axis in shape)
