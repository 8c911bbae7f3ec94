"""Pickles of plain values and arrays: downloads are not to be trusted to run code."""

import io
import pickle
from typing import Any

import numpy as np

_RECONSTRUCT = np.empty(0).__reduce__()[0]
"""What NumPy rebuilds an array with; it has lain in several modules."""
_ALLOWED = {
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("numpy.core.multiarray", "_reconstruct"): _RECONSTRUCT,
    ("numpy._core.multiarray", "_reconstruct"): _RECONSTRUCT,
}
BAD_PICKLE = (pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, LookupError, MemoryError)
"""What a damaged pickle, or one that asks for more than arrays, raises."""


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str) -> Any:
        """Return what an array is made of, and nothing else."""
        if (module_name, global_name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module_name}.{global_name}, which no array needs")
        return _ALLOWED[module_name, global_name]


def load_plain_pickle(content: bytes) -> Any:
    """Return the values of a pickle, Python 2's strings as text; one of BAD_PICKLE where there is more to it."""
    return _PlainUnpickler(io.BytesIO(content), encoding="latin-1").load()
