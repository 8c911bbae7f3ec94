"""What each room may import, as docs/architecture.md says."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {"model_bundle", "training", "model_export", "lambda_fn"}
OWN_ROOMS = {
    "model_bundle": set[str](),
    "training": {"model_bundle"},
    "model_export": {"training", "model_bundle"},
    "lambda_fn": {"model_bundle"},
}
LIBRARIES = {
    "model_bundle": {"PIL", "av", "numpy", "onnxruntime", "pydantic", "tokenizers"},
    "lambda_fn": {
        "aws_lambda_powertools",
        "boto3",
        "botocore",
        "fastapi",
        "h11",
        "httpcore2",
        "idna",
        "mangum",
        "pydantic",
        "pydantic_core",
        "starlette",
        "uvicorn",
    },
}
"""Everything that the service installs; training and export may use what requirements.txt has."""


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield str(node.module).split(".")[0]


def imports_of_room(room: str) -> set[str]:
    return {name for path in (ROOT / room).rglob("*.py") for name in imports_of(path)}


@pytest.mark.parametrize("room", OWN_ROOMS)
def test_a_room_imports_only_the_rooms_it_may(room: str) -> None:
    assert imports_of_room(room) & ROOMS <= OWN_ROOMS[room] | {room}


@pytest.mark.parametrize("room", LIBRARIES)
def test_a_served_room_imports_only_what_serving_installs(room: str) -> None:
    foreign = imports_of_room(room) - ROOMS - set(sys.stdlib_module_names)
    assert foreign <= LIBRARIES[room]


def test_there_is_no_room_without_a_purpose() -> None:
    names = {path.stem for room in ROOMS for path in (ROOT / room).rglob("*")}
    assert not names & {"utils", "util", "common", "helpers", "helper", "misc"}
