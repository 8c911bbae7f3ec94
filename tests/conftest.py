"""What tests of several packages share."""

import shutil
from pathlib import Path

import pytest

from model_bundle import Predictor
from tests.tiny_bundle import POST, write_tiny_bundle

pytest_plugins = ["tests.crash_report"]

HAS_NODE = shutil.which("node") is not None
collect_ignore = [] if HAS_NODE else ["cdk", "test_watched_metrics.py"]
"""aws-cdk-lib starts Node.js as soon as it is imported."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out."""
    if not HAS_NODE:
        terminalreporter.write_line("Node.js is not installed: the infrastructure's tests (tests/cdk) were left out.")


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


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Made-up credentials, and none from this machine."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))


@pytest.fixture(scope="session")
def post_predictor(tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    """A tiny bundle of text and image, ready to answer. Red speaks for `positive`, blue for `negative`."""
    return Predictor.open(write_tiny_bundle(tmp_path_factory.mktemp("models"), "posts", POST))
