"""What is in the image, and how it starts, as far as it can be known without docker."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.lambda_fn.docker_context import ROOT, copied, copied_sources, ignore_rules, image_files, is_sent

DOCKERFILE = ROOT / "lambda_fn" / "Dockerfile"
ENTRYPOINT = ROOT / "lambda_fn" / "entrypoint.sh"
ALLOWED = re.compile(
    r"(lambda_fn|model_bundle)/([a-z_]+/)*[a-z_]+\.(py|html|txt|lock|sh)"
    r"|lambda_fn/Dockerfile"
    r"|models/[a-z_]+/([a-z_]+\.onnx|tokenizer\.json|pictographs\.json|bundle\.json|README\.md)"
)
UNWANTED = (
    "training/recipes/reviews.yaml",
    "training/fitting/loop.py",
    "model_export/export.py",
    "tests/lambda_fn/test_image.py",
    "benchmarks/latency.py",
    "cdk/stack.py",
    "app.py",
    "requirements.txt",
    ".env",
    ".git/config",
    ".venv/bin/python",
    ".venv-serve/lib/python3.12/site-packages/numpy/__init__.py",
    "node_modules/aws-cdk/package.json",
    "cdk.out/manifest.json",
    "runs/reviews/best.pt",
    "data/aclImdb_v1.tar.gz",
    "lambda_fn/__pycache__/handler.cpython-312.pyc",
    "model_bundle/schemas/__pycache__/x.cpython-312.pyc",
    "models/reviews/.DS_Store",
    "lambda_fn/.mypy_cache/x.json",
)


def _repository() -> list[str]:
    found = subprocess.check_output(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT)
    bundles = [str(path.relative_to(ROOT)) for path in (ROOT / "models").rglob("*") if path.is_file()]
    return [*found.decode().splitlines(), *bundles]


def test_only_what_serves_is_in_the_image() -> None:
    files = image_files([*_repository(), *UNWANTED])
    assert {"lambda_fn/handler.py", "lambda_fn/observability/drift.py", "model_bundle/predictor.py"} <= files
    assert {"lambda_fn/entrypoint.sh", "lambda_fn/http/docs_page.html", "lambda_fn/requirements.txt"} <= files
    assert {file for file in files if not ALLOWED.fullmatch(file)} == set()


def test_nothing_else_is_even_sent_to_docker() -> None:
    rules = ignore_rules(ROOT / ".dockerignore")
    assert [file for file in UNWANTED if is_sent(file, rules)] == []


def test_bundles_come_last_so_that_a_new_model_reinstalls_nothing() -> None:
    assert copied_sources(DOCKERFILE) == ["lambda_fn/requirements.lock", "model_bundle", "lambda_fn", "models"]
    steps = [line.split()[0] for line in DOCKERFILE.read_text(encoding="utf-8").splitlines() if line[:1].isupper()]
    assert "RUN" not in steps[len(steps) - 1 - steps[::-1].index("COPY") :]


def test_files_of_a_private_checkout_can_be_read_by_lambdas_own_user(tmp_path: Path) -> None:
    for source, mode in copied(DOCKERFILE):
        private = tmp_path / source.replace("/", "_")
        private.touch(0o600)
        if mode is not None:
            private.chmod(mode)
        assert private.stat().st_mode & 0o555 == 0o555, source


def test_the_image_is_built_as_it_should_be() -> None:
    text = DOCKERFILE.read_text(encoding="utf-8")
    assert "# syntax" not in text
    assert text.count("FROM ") == 1
    assert "ARG BASE_IMAGE=public.ecr.aws/lambda/python:3.12\nFROM ${BASE_IMAGE}" in text
    assert "\nUSER 1000:1000\n" in text
    assert not re.search(r"\b(yum|dnf|microdnf|apt-get|curl|wget|torch)\b", text)


def test_the_image_installs_no_training_library() -> None:
    required = (ROOT / "lambda_fn" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line for line in required if line and not line.startswith("#")]
    assert all("==" in line for line in pinned)
    assert "--no-deps --require-hashes" in DOCKERFILE.read_text(encoding="utf-8")
    assert not {line.split("==")[0] for line in pinned} & {"torch", "transformers", "librosa", "scipy", "onnx"}


@pytest.mark.parametrize(
    ("arguments", "environment", "started"),
    [
        (
            ["lambda_fn.handler.handler"],
            {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001"},
            "base lambda_fn.handler.handler",
        ),
        (
            ["lambda_fn.observability.drift.handler"],
            {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001"},
            "base lambda_fn.observability.drift.handler",
        ),
        (["serve"], {}, "python -m lambda_fn --host 0.0.0.0 --port 8080"),
        (["lambda_fn.handler.handler"], {}, "python -m lambda_fn --host 0.0.0.0 --port 8000"),
        ([], {"VALENCE_PORT": "9000"}, "python -m lambda_fn --host 0.0.0.0 --port 9000"),
        (["serve"], {"SAGEMAKER_BIND_TO_PORT": "7070"}, "python -m lambda_fn --host 0.0.0.0 --port 7070"),
    ],
)
def test_one_image_has_three_doors(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], started: str
) -> None:
    output = subprocess.check_output(
        ["/bin/sh", str(ENTRYPOINT), *arguments], env=stand_ins(tmp_path) | environment, text=True
    )
    assert output.strip() == started


def stand_ins(folder: Path) -> dict[str, str]:
    """Variables with which the entrypoint finds commands that print how they were started."""
    for name in ("python", "base"):
        command = folder / name
        command.write_text(f'#!/bin/sh\necho {name} "$@" "${{VALENCE_MODELS:-}}"\n', encoding="utf-8")
        command.chmod(0o755)
    return {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "LAMBDA_ENTRYPOINT": str(folder / "base"),
        "SM_MODEL_DIR": str(folder / "model"),
    }


@pytest.mark.parametrize(("argument", "named"), [("train", "python -m training"), ("sevre", "Unknown argument: sevre")])
def test_other_arguments_are_refused(tmp_path: Path, argument: str, named: str) -> None:
    done = subprocess.run(
        ["/bin/sh", str(ENTRYPOINT), argument], env=stand_ins(tmp_path), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert named in done.stderr


def test_sagemakers_models_are_served_if_there_are_any(tmp_path: Path) -> None:
    environment = stand_ins(tmp_path)
    models = Path(environment["SM_MODEL_DIR"])
    models.mkdir()
    assert started(environment) == "python -m lambda_fn --host 0.0.0.0 --port 8080"
    (models / "reviews").mkdir()
    assert started(environment) == f"python -m lambda_fn --host 0.0.0.0 --port 8080 {models}"


def started(environment: dict[str, str]) -> str:
    return subprocess.check_output(["/bin/sh", str(ENTRYPOINT), "serve"], env=environment, text=True).strip()


def test_a_bundle_that_was_packed_without_its_folder_is_explained(tmp_path: Path) -> None:
    environment = stand_ins(tmp_path)
    models = Path(environment["SM_MODEL_DIR"])
    models.mkdir()
    (models / "bundle.json").touch()
    done = subprocess.run(
        ["/bin/sh", str(ENTRYPOINT), "serve"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "tar -czf model.tar.gz reviews" in done.stderr
