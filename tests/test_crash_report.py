import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TESTS = """
import os
import pytest

def test_before(): pass

@pytest.mark.parametrize("name", ["first", "second"])
def test_that_dies(name):
    if name == "second":
        {action}
"""


def run(folder: Path, action: str) -> str:
    (folder / "test_it.py").write_text(TESTS.format(action=action), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.crash_report", "--rootdir", str(folder), str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stderr


@pytest.mark.parametrize("action", ["os.abort()", "os.kill(os.getpid(), 9)"])
def test_a_crash_says_which_test_it_was_in(action: str, tmp_path: Path) -> None:
    assert "The test process died in test_it.py::test_that_dies[second]\n" in run(tmp_path, action)


@pytest.mark.parametrize("action", ["pass", "assert False"])
def test_without_a_crash_nothing_is_said(action: str, tmp_path: Path) -> None:
    assert run(tmp_path, action) == ""
