"""A well-behaved client in a process of its own, which measures how long its short texts take."""

import http.client
import json
import math
import subprocess
import sys
from dataclasses import dataclass
from time import monotonic, perf_counter, sleep

PAUSE_SECONDS = 0.02
BODY = json.dumps({"text": "A quiet, perfect film with a wonderful cast.", "genre": ["Drama"], "year": 1994})


@dataclass(frozen=True)
class Noticed:
    """What the client got: milliseconds by kind of response."""

    answered: list[float]
    refused: list[float]
    """503."""
    failed: int
    """Anything else: other statuses, connections that broke."""

    @property
    def share_refused(self) -> float:
        """From 0 to 1."""
        return len(self.refused) / max(1, len(self.answered) + len(self.refused) + self.failed)


def quantile(values: list[float], share: float) -> float:
    """Return the value that a share of them does not exceed; NaN if there are none."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else math.nan


class Client:
    """Asks for `seconds`, from when it is made."""

    def __init__(self, port: int, seconds: float) -> None:
        command = [sys.executable, "-m", "benchmarks.stress.client", str(port), str(seconds)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def noticed(self) -> Noticed:
        """Wait for its end, and return what it noticed."""
        return Noticed(**json.loads(self._process.communicate()[0]))


def _ask(port: int, seconds: float) -> Noticed:
    noticed = Noticed([], [], 0)
    failed = 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    ends = monotonic() + seconds
    while monotonic() < ends:
        started = perf_counter()
        try:
            connection.request("POST", "/v1/predict", BODY, {"Content-Type": "application/json"})
            response = connection.getresponse()
            response.read()
            status = response.status
        except (OSError, http.client.HTTPException):
            connection.close()
            status = 0
        spent = (perf_counter() - started) * 1000
        if status == 200:
            noticed.answered.append(spent)
        elif status == 503:
            noticed.refused.append(spent)
        else:
            failed += 1
        sleep(PAUSE_SECONDS)
    connection.close()
    return Noticed(noticed.answered, noticed.refused, failed)


if __name__ == "__main__":
    print(json.dumps(vars(_ask(int(sys.argv[1]), float(sys.argv[2])))))
