"""What tests of several packages share."""

from pathlib import Path

import pytest

from model_bundle import Predictor
from tests.tiny_bundle import write_tiny_bundle


@pytest.fixture(scope="session")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tiny bundle in it, as `reviews`. Not to be changed: copy it first."""
    folder = tmp_path_factory.mktemp("models")
    write_tiny_bundle(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_bundle(models_folder: Path) -> Path:
    """The tiny bundle's own folder. Not to be changed: copy it first."""
    return models_folder / "reviews"


@pytest.fixture(scope="session")
def predictor(tiny_bundle: Path) -> Predictor:
    """The tiny bundle, ready to answer."""
    return Predictor.open(tiny_bundle)
