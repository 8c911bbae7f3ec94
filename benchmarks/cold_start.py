"""How long a fresh handler process takes until it has answered its first text, beside a bare handler."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.review import TEXT

ROUNDS = 15
HANDLERS = {"bare handler": "benchmarks.bare_handler", "Valence handler": "lambda_fn.handler"}
EVENT = {
    "resource": "/{proxy+}",
    "path": "/v1/predict",
    "httpMethod": "POST",
    "headers": {"Content-Type": "application/json"},
    "requestContext": {},
    "body": json.dumps({"text": TEXT}),
}
ANSWERED = "answered 200\n"
SCRIPT = """
import json, sys
from {module} import handler
response = handler(json.loads(sys.argv[1]), None)
sys.stdout.flush()
print("answered", response["statusCode"], flush=True)
"""
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class ColdStarts:
    """Milliseconds from the start of the process to the first answer, by handler, in the order of the rounds."""

    milliseconds: dict[str, list[float]]

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios: both sides of each were measured within the same second."""
        bare, ours = self.milliseconds.values()
        return median(mine / least for least, mine in zip(bare, ours, strict=True))


def measure_cold_starts(models: Path, python: str = sys.executable, rounds: int = ROUNDS) -> ColdStarts:
    """Start the handlers in turns, after one turn that fills the caches of the disk and of compiled modules."""
    times: dict[str, list[float]] = {name: [] for name in HANDLERS}
    for number in range(1 + rounds):
        for name, module in HANDLERS.items():
            spent = _start(python, module, models)
            if number:
                times[name].append(spent)
    return ColdStarts(times)


def print_cold_starts(models: Path) -> None:
    """Measure and print a table."""
    found = measure_cold_starts(models)
    print(f"From the start of a process to its first answer, {ROUNDS} of each in turns, milliseconds:\n")
    print(f"  {'':<32}{'median':>8}{'least':>8}")
    for name, values in found.milliseconds.items():
        print(f"  {name:<32}{median(values):8.0f}{min(values):8.0f}")
    print(f"  {'ratio (median of the turns)':<32}{found.ratio:8.2f}\n")


def _start(python: str, module: str, models: Path) -> float:
    command = [python, "-c", SCRIPT.format(module=module), json.dumps(EVENT)]
    environment = os.environ | {"VALENCE_MODELS": str(models.resolve()), "TOKENIZERS_PARALLELISM": "false"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # the image is byte-compiled
    started = perf_counter()
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        # What a process does after its answer is no part of it: Lambda keeps it.
        answered = any(line == ANSWERED for line in process.stdout)
        spent = (perf_counter() - started) * 1000
    if not answered:
        raise RuntimeError(f"{module} did not answer.")
    return spent
