"""Attack a service on loopback, and print what well-behaved clients warning meanwhile.

    make stress
    make stress STRESS="--seconds 5 --only batches"

The service runs with its default settings, but that it fetches from loopback. It takes under ten minutes.
"""

import asyncio
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from benchmarks.stress.attacks import ATTACKS, Attack, Statuses
from benchmarks.stress.client import Client, Noticed, quantile
from benchmarks.stress.service import ROOT, Service, running_service, watched_memory

CALM_SECONDS = 10
LOOK_SECONDS = 0.5
RECOVERY_SECONDS = 30
"""How long a service may take to be as before."""
FUZZ_SECONDS = 240
"""Longest time of an attack that ends by itself."""
COLUMNS = "attack | responses | answered p50, p99 ms | refused, p99 ms | other | memory MB | normal after"


def main() -> int:
    """Run the attacks and print the table; the exit code says whether any response was a 5xx other than 503."""
    options = _options()
    print(f"commit {_commit()}, {options.seconds:g} s an attack\n\n| {COLUMNS} |")
    print("|---" * len(COLUMNS.split("|")) + "|", flush=True)
    failures = 0
    with TemporaryDirectory() as folder, running_service(options.models, Path(folder) / "log") as service:
        Client(service.port, 2).noticed()  # opens the model
        calm = Client(service.port, CALM_SECONDS).noticed()
        _print_row("none", Statuses(), calm, 0.0, 0.0)
        for attack in ATTACKS:
            if options.only in {None, attack.__name__}:
                failures += _attack(service, attack, options.seconds, quantile(calm.answered, 0.99))
        print(f"\nAt the end: {service.resident_mb():.0f} MB, {service.open_files()} open files.")
    return int(failures > 0)


def _options() -> Namespace:
    parser = ArgumentParser("python -m benchmarks.stress", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=20, help="length of each attack (default: %(default)s)")
    parser.add_argument("--only", choices=[attack.__name__ for attack in ATTACKS], help="run one attack")
    parser.add_argument("--models", type=Path, default=ROOT / "models", help="folder of the bundles")
    return parser.parse_args()


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def _attack(service: Service, attack: Attack, seconds: float, usual_ms: float) -> int:
    """Attack, print the row, and return how many responses were a 5xx other than 503."""
    with watched_memory(service) as memory:
        client = Client(service.port, seconds)
        statuses = asyncio.run(_bounded(attack, service.port, seconds))
        noticed = client.noticed()
    recovery = _recovery_seconds(service.port, 3 * usual_ms)
    _print_row(attack.__name__, statuses, noticed, max(memory) - memory[0], recovery)
    return sum(count for status, count in statuses.items() if status.startswith("5") and status != "503")


async def _bounded(attack: Attack, port: int, seconds: float) -> Statuses:
    async with asyncio.timeout(FUZZ_SECONDS):
        return await attack(port, seconds)


def _recovery_seconds(port: int, usual_ms: float) -> float:
    """Return the seconds until a client's requests are all answered in the usual time; 30 if they are not by then."""
    started = monotonic()
    while monotonic() - started < RECOVERY_SECONDS:
        began = monotonic() - started
        noticed = Client(port, LOOK_SECONDS).noticed()
        if noticed.answered and quantile(noticed.answered, 0.9) <= usual_ms and not noticed.refused:
            return began
    return RECOVERY_SECONDS


def _print_row(name: str, statuses: Statuses, noticed: Noticed, grown_mb: float, recovery: float) -> None:
    responses = ", ".join(f"{count:,} of {status}" for status, count in sorted(statuses.items())) or "none"
    answered = f"{quantile(noticed.answered, 0.5):.1f}, {quantile(noticed.answered, 0.99):.1f}"
    refused = f"{noticed.share_refused:.0%}, {quantile(noticed.refused, 0.99):.1f}" if noticed.refused else "0%"
    shown = (name, responses, answered, refused, str(noticed.failed), f"+{grown_mb:.0f}", f"{recovery:.1f} s")
    print(f"| {' | '.join(shown)} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
