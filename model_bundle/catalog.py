"""The bundles at hand, each opened when it is first asked for."""

from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from model_bundle.errors import UnknownModelError
from model_bundle.folder import read_specs, verify
from model_bundle.predictor import Predictor
from model_bundle.spec import BundleSpec


class Catalog:
    """The bundles in one folder, by name. Safe to use from several threads."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Read every bundle's description; BundleError if there is none, or one is not sound."""
        self._threads = threads
        self._folder = folder
        self.specs: Mapping[str, BundleSpec] = read_specs(folder)
        self._predictors: dict[str, Predictor] = {}
        self._lock = Lock()

    def verify(self) -> None:
        """Check the hash of every file of every bundle now; BundleError names the first that is damaged."""
        for name, spec in self.specs.items():
            verify(self._folder / name, spec)

    def warm_up(self) -> None:
        """Open every graph of every bundle now, so that no request waits for it."""
        for name in self.specs:
            self.predictor(name).warm_up()

    def predictor(self, name: str) -> Predictor:
        """Return the predictor of a bundle; UnknownModelError names the ones there are."""
        if name not in self.specs:
            raise UnknownModelError(f"There is no model {name!r}; choose from {', '.join(self.specs)}.")
        with self._lock:
            if name not in self._predictors:
                self._predictors[name] = Predictor.of(self.specs[name], self._folder / name, self._threads)
            return self._predictors[name]
