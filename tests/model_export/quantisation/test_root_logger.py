import logging
import subprocess
import sys
from pathlib import Path

import pytest

from model_export.quantisation.root_logger import root_logger_kept

ROOT = Path(__file__).parent.parent.parent.parent
IMPORT = """
import logging
logging.getLogger().setLevel(logging.ERROR)
import model_export.quantisation
print(logging.getLogger().level, logging.getLogger().handlers)
"""


def test_the_root_logger_is_as_before() -> None:
    root = logging.getLogger()
    before = root.level, root.handlers[:]
    with root_logger_kept():
        root.setLevel(logging.DEBUG)
        root.addHandler(logging.NullHandler())
    assert (root.level, root.handlers) == before


@pytest.mark.slow
def test_the_root_logger_stays_the_programs(tmp_path: Path) -> None:
    finished = subprocess.run([sys.executable, "-c", IMPORT], cwd=ROOT, capture_output=True, text=True, check=True)
    assert finished.stdout.strip() == f"{logging.ERROR} []"
