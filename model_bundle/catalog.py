"""The bundles at hand, each opened when it is first asked for."""

from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from model_bundle.errors import BundleError, UnknownModelError
from model_bundle.folder import read_spec
from model_bundle.predictor import Predictor
from model_bundle.spec import BUNDLE_FILE, BundleSpec


class Catalog:
    """The bundles in one folder, by name. Safe to use from several threads."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Read every bundle's description and check its files; BundleError if there is none, or one is not sound."""
        self._threads = threads
        self._folders = {path.parent.name: path.parent for path in sorted(folder.glob(f"*/{BUNDLE_FILE}"))}
        if not self._folders:
            raise BundleError(
                f"{folder} holds no bundle. Make one with `python -m model_export`, or name another folder."
            )
        self.specs: Mapping[str, BundleSpec] = {name: _named_spec(path) for name, path in self._folders.items()}
        self._predictors: dict[str, Predictor] = {}
        self._lock = Lock()

    def predictor(self, name: str) -> Predictor:
        """Return the predictor of a bundle; UnknownModelError names the ones there are."""
        if name not in self._folders:
            raise UnknownModelError(f"There is no model {name!r}; choose from {', '.join(self._folders)}.")
        with self._lock:
            if name not in self._predictors:
                self._predictors[name] = Predictor.of(self.specs[name], self._folders[name], self._threads)
            return self._predictors[name]


def _named_spec(folder: Path) -> BundleSpec:
    spec = read_spec(folder)
    if spec.name != folder.name:
        raise BundleError(f"{folder} holds the bundle {spec.name!r}: rename the folder to the bundle's name.")
    return spec
