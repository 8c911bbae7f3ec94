"""Whether what the image installs exists as wheels for Lambda's Python and machine."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).parent.parent.parent / "lambda_fn" / "requirements.txt"
TARGET = [
    "--python-version=3.12",
    "--implementation=cp",
    "--abi=cp312",
    "--abi=abi3",
    "--abi=none",
    *(f"--platform=manylinux_2_{minor}_x86_64" for minor in range(17, 35)),
    "--platform=manylinux2014_x86_64",
    "--only-binary=:all:",
]
"""Amazon Linux 2023 has glibc 2.34."""
UNREACHABLE = ("Could not find a version", "No matching distribution", "Connection", "timed out", "Retrying")


def _resolve(requirements: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-input", "--quiet"]
    places = [f"--target={folder / 'site'}", f"--report={folder / 'report.json'}"]
    return subprocess.run(
        [*command, *places, *TARGET, *requirements], capture_output=True, text=True, check=False, timeout=300
    )


@pytest.mark.slow
def test_everything_resolves_to_wheels_for_lambda(tmp_path: Path) -> None:
    reachable = _resolve(["mangum"], tmp_path)
    if reachable.returncode and any(sign in reachable.stderr for sign in UNREACHABLE):
        pytest.skip(f"pip reaches no package index from here: {reachable.stderr.strip().splitlines()[-1]}")
    done = _resolve(["-r", str(REQUIREMENTS)], tmp_path)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    files = {item["download_info"]["url"].rpartition("/")[2] for item in report["install"]}
    assert all(file.endswith(".whl") for file in files)
    assert any(file.startswith("onnxruntime-") and "cp312" in file for file in files)
    names = {item["metadata"]["name"].lower() for item in report["install"]}
    assert not names & {"torch", "transformers", "scipy", "boto3", "botocore", "onnx"}
