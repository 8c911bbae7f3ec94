"""A small CIFAR-100, pickled as Python 2 did it."""

import io
import pickle
import tarfile
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from training.datasets.cifar100 import SENTIMENTS

SUPERCLASSES = sorted(name for names in SENTIMENTS.values() for name in names)


class Python2Pickler(pickle._Pickler):  # the one in C can't be changed
    """Writes text and bytes as Python 2's `str`, and arrays as the NumPy of its time."""

    write: Callable[[bytes], object]
    memoize: Callable[[object], None]

    def save_string(self, value: str | bytes) -> None:
        content = value.encode("latin-1") if isinstance(value, str) else value
        self.write(pickle.BINSTRING + len(content).to_bytes(4, "little") + content)
        self.memoize(value)

    def save_function(self, value: FunctionType) -> None:
        self.write(f"c{value.__module__.replace('_core', 'core')}\n{value.__name__}\n".encode())
        self.memoize(value)

    dispatch: ClassVar[dict[type, Any]] = pickle._Pickler.dispatch | {
        str: save_string,
        bytes: save_string,
        type(np.empty(0).__reduce__()[0]): save_function,
    }


def pickled(values: Any) -> bytes:
    """Return the pickle."""
    content = io.BytesIO()
    Python2Pickler(content, protocol=2).dump(values)
    return content.getvalue()


def make_table(count: int, seed: int) -> dict[str, Any]:
    """Return `count` random images, one of each superclass in turn."""
    generator = np.random.default_rng(seed)
    data: NDArray[np.uint8] = generator.integers(0, 256, (count, 3072), np.uint8)
    return {
        "filenames": [f"picture_s_{number:06}.png" for number in range(count)],
        "coarse_labels": [number % len(SUPERCLASSES) for number in range(count)],
        "fine_labels": [number % 100 for number in range(count)],
        "data": data,
    }


def make_files(train: int = 24, test: int = 6) -> dict[str, bytes]:
    """Return the pickles by name."""
    return {
        "meta": pickled({"coarse_label_names": SUPERCLASSES}),
        "train": pickled(make_table(train, 0)),
        "test": pickled(make_table(test, 1)),
    }


def write_folder(root: Path, files: dict[str, bytes]) -> Path:
    """Write the pickles into the unpacked folder, and return it."""
    folder = root / "cifar-100-python"
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def write_archive(root: Path, files: dict[str, bytes]) -> Path:
    """Write the pickles into the published archive, and return it."""
    path = root / "cifar-100-python.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"cifar-100-python/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path
