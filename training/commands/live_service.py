"""`python -m lambda_fn` as a process of its own, on a free port."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from training.errors import ServiceError

ROOT = Path(__file__).parent.parent.parent
STOP_SECONDS = 30


@contextmanager
def live_service(models: Path, log: Path) -> Iterator[str]:
    """Start the service and give its address as it prints it; at the end, interrupt it, which it must take quietly.

    Its log goes to the file `log`. ServiceError, with what it said, where it doesn't start or stop as it should.
    """
    command = [sys.executable, "-m", "lambda_fn", "--port", "0", "--models", str(models.resolve())]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.PIPE, text=True) as process,
    ):
        assert process.stderr is not None
        try:
            first_line = process.stderr.readline()
            match = re.search(r"http://\S+", first_line)
            if match is None:
                raise ServiceError(f"The service didn't start: {first_line}{process.stderr.read()}".strip())
            yield match.group()
        finally:
            killed = not _interrupted(process)
        if killed:
            raise ServiceError(f"The service didn't stop within {STOP_SECONDS} seconds and was killed.")
        said = process.stderr.read()
        if process.returncode or said:
            raise ServiceError(f"The service didn't stop quietly: exit status {process.returncode}. {said}".strip())


def _interrupted(process: subprocess.Popen[str]) -> bool:
    """Interrupt the service and wait for its end; whether it ended without being killed."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return False
    return True
