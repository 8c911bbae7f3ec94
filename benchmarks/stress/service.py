"""`python -m lambda_fn` as a process whose memory and descriptors can be watched."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

ROOT = Path(__file__).parent.parent.parent
STOP_SECONDS = 60


@dataclass(frozen=True)
class Service:
    """A running service."""

    port: int
    process: int

    def resident_mb(self) -> float:
        """Return the memory that it occupies."""
        status = Path(f"/proc/{self.process}/status").read_text(encoding="utf-8")
        match = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert match is not None
        return int(match[1]) / 1024

    def open_files(self) -> int:
        """Count its descriptors."""
        return len(list(Path(f"/proc/{self.process}/fd").iterdir()))


@contextmanager
def running_service(models: Path, log: Path) -> Iterator[Service]:
    """Start the service with its defaults, but that it may fetch from loopback, and stop it at the end."""
    command = [sys.executable, "-m", "lambda_fn", "--port", "0", "--models", str(models.resolve())]
    env = os.environ | {"VALENCE_ALLOW_LOOPBACK_MEDIA": "true"}
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=subprocess.PIPE, text=True) as process,
    ):
        assert process.stderr is not None
        line = process.stderr.readline()
        match = re.search(r"http://[^:]+:(\d+)", line)
        if match is None:
            raise RuntimeError(f"The service didn't start: {line}{process.stderr.read()}")
        try:
            yield Service(int(match[1]), process.pid)
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


@contextmanager
def watched_memory(service: Service) -> Iterator[list[float]]:
    """Note the service's memory in MB ten times a second."""
    noted = [service.resident_mb()]
    over = Event()

    def watch() -> None:
        while not over.wait(0.1):
            noted.append(service.resident_mb())

    thread = Thread(target=watch)
    thread.start()
    try:
        yield noted
    finally:
        over.set()
        thread.join()
