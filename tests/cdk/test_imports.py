"""The infrastructure knows the service by its names alone."""

import ast
import sys
from collections.abc import Iterator

from tests.cdk.synthesis import ROOT

LIGHT = {"lambda_fn.observability", "lambda_fn.observability.metrics"}
INSTALLED = {"aws_cdk", "boto3", "botocore", "cdk_nag", "constructs", "pydantic", "pydantic_core"}


def imports() -> dict[str, set[str]]:
    """What each module of cdk/ imports."""
    paths = (ROOT / "cdk").rglob("*.py")
    return {str(path): set(names_in(ast.parse(path.read_text(encoding="utf-8")))) for path in paths}


def names_in(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "lambda_fn":
            yield from (f"lambda_fn.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)


def test_only_light_modules_of_the_service_are_imported() -> None:
    ours = {"lambda_fn", "model_bundle", "model_export", "training", "benchmarks", "tests"}
    used = {name for names in imports().values() for name in names if name.partition(".")[0] in ours}
    assert used <= LIGHT


def test_deploying_needs_what_its_requirements_install() -> None:
    for module, names in imports().items():
        roots = {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names) - {"cdk", "lambda_fn"}
        assert roots <= INSTALLED, module
