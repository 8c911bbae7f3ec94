"""Says which test was running when the test process died, which Python's own crash report doesn't.

A process of its own waits at a pipe: nothing can be relied on inside a process whose memory is damaged.
"""

import subprocess
import sys
from typing import Final

import pytest

WATCH: Final = """
import sys
last = ""
for line in sys.stdin:
    last = line.strip()
if last:
    print(f"\\nThe test process died in {last}", file=sys.stderr)
"""


class CrashReport:
    """Tells the watching process which test runs; an empty line says that none does."""

    def __init__(self) -> None:
        # A Ctrl-C is for the tests, not for who watches them.
        self._watch = subprocess.Popen(
            [sys.executable, "-S", "-c", WATCH], stdin=subprocess.PIPE, text=True, start_new_session=True
        )

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A test begins with its fixtures."""
        self._say(nodeid)

    def pytest_runtest_logfinish(self) -> None:
        """It is over."""
        self._say("")

    def pytest_unconfigure(self) -> None:
        """All are over."""
        self._watch.communicate()

    def _say(self, nodeid: str) -> None:
        assert self._watch.stdin is not None
        self._watch.stdin.write(f"{nodeid}\n")
        self._watch.stdin.flush()


def pytest_configure(config: pytest.Config) -> None:
    """Start watching, with the standard error that pytest was started with."""
    capture = config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        config.pluginmanager.register(CrashReport())
