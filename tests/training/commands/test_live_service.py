from pathlib import Path

import pytest

from training.commands import live_service as module
from training.commands.live_service import live_service
from training.errors import ServiceError

STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
print("http://127.0.0.1:1", file=sys.stderr, flush=True)
time.sleep(60)
"""


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a program in the service's place."""
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "STOP_SECONDS", 0.2)
    (tmp_path / "lambda_fn").mkdir()
    return tmp_path / "lambda_fn"


def test_a_service_that_must_be_killed_has_not_stopped_quietly(service: Path, tmp_path: Path) -> None:
    (service / "__main__.py").write_text(STUBBORN, encoding="utf-8")
    with (
        pytest.raises(ServiceError, match=r"didn't stop within 0\.2 seconds and was killed"),
        live_service(tmp_path, tmp_path / "log"),
    ):
        pass
