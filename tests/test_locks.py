"""Every pinned requirement is in a lock with its version and its hashes, and the locks are what gets installed."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
FILES = ("requirements.txt", "lambda_fn/requirements.txt", "cdk/requirements.txt")
BY_MACHINE = {"torch"}
"""Which build of it is the right one depends on the machine, so it has no hash."""


def pinned(path: Path) -> dict[str, str]:
    """The versions that a file and those that it includes pin, by name."""
    found: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            found |= pinned(path.parent / line.removeprefix("-r "))
        elif line and not line.startswith("#"):
            requirement = Requirement(line)
            found[canonicalize_name(requirement.name)] = str(requirement.specifier).removeprefix("==")
    return found


def locked(path: Path) -> dict[str, tuple[str, int]]:
    """The versions that a lock has, and how many hashes of each."""
    entries = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8").strip())
    found: dict[str, tuple[str, int]] = {}
    for entry in entries:
        requirement = Requirement(entry.partition("\\")[0].strip())
        found[canonicalize_name(requirement.name)] = (
            str(requirement.specifier).removeprefix("=="),
            len(re.findall(r"--hash=sha256:[0-9a-f]{64}", entry)),
        )
    return found


@pytest.mark.parametrize("name", FILES)
def test_every_pinned_requirement_is_locked_with_hashes(name: str) -> None:
    wanted = {package: version for package, version in pinned(ROOT / name).items() if package not in BY_MACHINE}
    lock = locked((ROOT / name).with_suffix(".lock"))
    behind = {package for package, version in wanted.items() if lock.get(package, ("", 0))[0] != version}
    assert not behind, "Run `make lock`."
    assert all(hashes for _, hashes in lock.values())


def test_only_locks_are_installed() -> None:
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    installing = [line.strip() for line in lines if line.startswith("\t") and " -r " in line and "/bin/python" in line]
    tools = "$(TOOLS)/bin/python $(INSTALL) -r requirements-tools.txt"
    assert len(installing) == 4
    assert all("$(LOCKED) -r" in line and line.endswith(".lock") for line in installing if line != tools)
