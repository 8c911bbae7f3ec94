"""Nothing phones home: onnxruntime's own telemetry keeps an id in the home folder as soon as it is on."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tiny_bundle import write_tiny_bundle

ROOT = Path(__file__).parent.parent
PACKAGES = ("model_bundle", "model_export", "training", "lambda_fn", "benchmarks", "cdk")
OPENED = "from model_bundle import Item, Predictor; Predictor.open(Path(sys.argv[1])).predict(Item(text='good'))"


def _importers() -> list[str]:
    """The modules that import onnxruntime themselves."""
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    found = [path for path in paths if "onnxruntime" in _roots(ast.parse(path.read_text(encoding="utf-8")))]
    return [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in found]


def _roots(module: ast.Module) -> set[str]:
    names = [alias.name for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names]
    names += [str(node.module) for node in ast.walk(module) if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("module", _importers())
def test_telemetry_is_off_before_onnxruntime_is_imported(module: str) -> None:
    package = module.partition(".")[0]
    code = f"import {package}, os; assert os.environ['ORT_DISABLE_TELEMETRY'] == '1'"
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)


def test_opening_a_graph_leaves_nothing_in_the_home_folder(tmp_path: Path) -> None:
    bundle = write_tiny_bundle(tmp_path / "models")
    home = tmp_path / "home"
    home.mkdir()
    code = f"import sys; from pathlib import Path; {OPENED}"
    subprocess.run(
        [sys.executable, "-c", code, str(bundle)],
        cwd=ROOT,
        # Not CI, GITHUB_ACTIONS and such: onnxruntime keeps still where it finds them.
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
        check=True,
    )
    assert list(home.rglob("*")) == []


def test_the_image_says_so_to_every_process() -> None:
    assert "ORT_DISABLE_TELEMETRY=1" in (ROOT / "lambda_fn" / "Dockerfile").read_text(encoding="utf-8")
