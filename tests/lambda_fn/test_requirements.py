"""Whether what the image installs is all that it needs, and exists as wheels for Lambda's Python and machine."""

import json
import subprocess
import sys
from base64 import b64encode
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.lambda_fn.events import rest_event
from tests.pictures import RED, encoded, plain

REQUIREMENTS = Path(__file__).parent.parent.parent / "lambda_fn" / "requirements.txt"
LOCK = REQUIREMENTS.with_suffix(".lock")
TARGET = [
    "--python-version=3.12",
    "--implementation=cp",
    "--abi=cp312",
    "--abi=abi3",
    "--abi=none",
    "--only-binary=:all:",
]


def platforms(machine: str) -> list[str]:
    """Amazon Linux 2023 has glibc 2.34."""
    return [
        *(f"--platform=manylinux_2_{minor}_{machine}" for minor in range(17, 35)),
        f"--platform=manylinux2014_{machine}",
    ]


UNREACHABLE = ("Could not find a version", "No matching distribution", "Connection", "timed out", "Retrying")


SCRIPT = """
import json, os, sys
from importlib.metadata import packages_distributions
from packaging.utils import canonicalize_name

listed = set(json.loads(sys.argv[1]))
installed = packages_distributions()

class OnlyListed:
    def find_spec(self, name, path=None, target=None):
        owners = {canonicalize_name(owner) for owner in installed.get(name.partition(".")[0], [])}
        if owners and not owners & listed:
            raise ModuleNotFoundError(f"{name} is not in lambda_fn/requirements.txt", name=name)

sys.meta_path.insert(0, OnlyListed())
import lambda_fn.__main__
import lambda_fn.media.fetcher
from lambda_fn.handler import handler
for event in json.loads(sys.argv[2]):
    response = handler(event, None)
    assert response["statusCode"] == 200, response
"""


def _resolve(requirements: list[str], folder: Path, machine: str) -> "subprocess.CompletedProcess[str]":
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--dry-run",
        "--ignore-installed",
        "--no-input",
        "--quiet",
        "--no-deps",
    ]
    places = [f"--target={folder / 'site'}", f"--report={folder / 'report.json'}"]
    whole = [*command, *places, *TARGET, *platforms(machine), *requirements]
    return subprocess.run(whole, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.slow
@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_everything_resolves_to_wheels_for_lambda(tmp_path: Path, machine: str) -> None:
    reachable = _resolve(["mangum"], tmp_path, machine)
    if reachable.returncode and any(sign in reachable.stderr for sign in UNREACHABLE):
        pytest.skip(f"pip reaches no package index from here: {reachable.stderr.strip().splitlines()[-1]}")
    done = _resolve(["--require-hashes", "-r", str(LOCK)], tmp_path, machine)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    files = {item["download_info"]["url"].rpartition("/")[2] for item in report["install"]}
    assert all(file.endswith(".whl") for file in files)
    assert any(file.startswith("onnxruntime-") and "cp312" in file for file in files)
    names = {item["metadata"]["name"].lower() for item in report["install"]}
    assert {canonicalize_name(name) for name in names} == {canonicalize_name(known.name) for known in _listed()}


def _listed() -> list[Requirement]:
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def test_everything_that_is_needed_in_turn_is_listed_but_the_hubs_client() -> None:
    listed = {canonicalize_name(requirement.name) for requirement in _listed()}
    needed = {
        canonicalize_name(inner.name)
        for requirement in _listed()
        for inner in map(Requirement, distribution(requirement.name).requires or [])
        if inner.marker is None or inner.marker.evaluate({"extra": ""})
    }
    assert needed - listed == {"huggingface-hub"}


def test_the_versions_are_those_that_are_tested_here() -> None:
    assert [requirement for requirement in _listed() if not requirement.specifier.contains(_version(requirement))] == []


def _version(requirement: Requirement) -> str:
    return distribution(requirement.name).version


@pytest.mark.slow
def test_what_is_listed_is_enough(both_models_folder: Path) -> None:
    post = json.dumps({"image_base64": b64encode(encoded(plain(RED), "WEBP")).decode(), "explain": ["modalities"]})
    bodies = ['{"text": "good"}', post]
    events = [*(rest_event("POST", "/v1/predict", body) for body in bodies), rest_event("GET", "/openapi.json")]
    listed = [canonicalize_name(requirement.name) for requirement in _listed()]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(listed), json.dumps(events)],
        env={"VALENCE_MODELS": str(both_models_folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
