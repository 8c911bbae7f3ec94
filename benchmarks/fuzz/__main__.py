"""Runs one target until it fails, or for as many executions or seconds as libFuzzer's options say."""

import sys

import atheris

with atheris.instrument_imports(include=["model_bundle", "lambda_fn", "PIL"]):
    from benchmarks.fuzz import targets

NAMES = sorted(targets.TARGETS)


def main() -> int:
    """Return 2 for an unknown target; else libFuzzer ends the process."""
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        sys.stderr.write(f"Name a target: {', '.join(NAMES)}.\n")
        return 2
    target = targets.TARGETS[sys.argv[1]]
    atheris.Setup([sys.argv[0], *sys.argv[2:]], target)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
