"""`python -m lambda_fn` as a process of its own, on a free port."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STOP_SECONDS = 30


@contextmanager
def live_server(models: Path, log: Path) -> Iterator[str]:
    """Start the service and give its address as it prints it; at the end, interrupt it, which it must take quietly."""
    command = [sys.executable, "-m", "lambda_fn", "--port", "0", "--models", str(models)]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdout=output, stderr=subprocess.PIPE, text=True) as process,
    ):
        assert process.stderr is not None
        try:
            first_line = process.stderr.readline()
            match = re.search(r"http://\S+", first_line)
            assert match, first_line + process.stderr.read()
            yield match.group()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(STOP_SECONDS)
        assert (process.returncode, process.stderr.read()) == (0, "")
