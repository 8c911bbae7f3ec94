"""The environment that `make serve` makes is enough to serve from, and has no torch."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYTHON = os.environ.get("VALENCE_SERVING_PYTHON")
SCRIPT = """
import importlib.util

foreign = [name for name in ("torch", "transformers", "librosa", "sklearn") if importlib.util.find_spec(name)]
assert not foreign, foreign

from pathlib import Path

import lambda_fn.handler
from model_bundle import Item
from model_bundle.catalog import Catalog

print(Catalog(Path("models")).predictor("reviews").predict(Item(text="Wonderful!")).heads["sentiment"].label)
"""


@pytest.mark.slow
@pytest.mark.skipif(PYTHON is None, reason="VALENCE_SERVING_PYTHON is not set; `make test` sets it")
def test_the_service_answers_without_torch() -> None:
    command = [str(PYTHON), "-W", "error", "-c", SCRIPT]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.stdout.strip(), result.returncode) == ("positive", 0), result.stderr
