import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from model_bundle.folder import write_spec
from tests.tiny_bundle import tiny_spec, write_tiny_bundle
from training.__main__ import main


@pytest.fixture
def contrary(tmp_path: Path) -> Path:
    """The tiny bundle with its answers turned round, which does much for negation."""
    folder = write_tiny_bundle(tmp_path / "contrary")
    graph = onnx.load(folder / "fusion.onnx")
    (weights,) = [one for one in graph.graph.initializer if one.name == "sentiment_weights"]
    weights.CopyFrom(
        numpy_helper.from_array(np.ascontiguousarray(-numpy_helper.to_array(weights)), "sentiment_weights")
    )
    onnx.save(graph, folder / "fusion.onnx")
    write_spec(folder, tiny_spec(folder))
    return folder


def test_rates_and_failures_are_printed_and_written(
    tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target, report = tmp_path / "new" / "behaviour.json", tmp_path / "report"
    assert main(["behave", str(tiny_bundle), "--json", str(target), "--report", str(report)]) == 0
    printed = capsys.readouterr().out
    figures = json.loads(target.read_text(encoding="utf-8"))
    assert figures["n"] == sum(capability["n"] for capability in figures["capabilities"].values())
    assert figures["command"].startswith("python -m training")
    case = figures["capabilities"]["case"]
    assert f"| case | {case['n']} | {case['failure_rate']:.1%} |" in printed
    assert "vocabulary: complaint: `" in printed
    assert {path.name for path in report.iterdir()} == {"behaviour.json", "behaviour.md", "behaviour.png"}


def test_a_bundle_is_no_worse_than_itself(tiny_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["behave", str(tiny_bundle), "--against", str(tiny_bundle), "--margin", "0"]) == 0
    assert "Worse" not in capsys.readouterr().out


def test_a_worse_bundle_has_exit_status_1(
    tiny_bundle: Path, contrary: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["behave", str(tiny_bundle), "--against", str(contrary), "--examples", "0"]) == 1
    worse = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Worse: ")]
    assert worse[0].startswith("Worse: all capabilities: ")
    assert any(line.startswith("Worse: negation, near: ") for line in worse)
    generous = ["--margin", "1", "--capability-margin", "1"]
    assert main(["behave", str(tiny_bundle), "--against", str(contrary), *generous]) == 0


def test_a_folder_that_is_no_bundle_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["behave", str(tmp_path)]) == 2
    assert "is no bundle" in capsys.readouterr().err
