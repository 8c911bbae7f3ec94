"""`python -m training COMMAND`: everything between raw data and a trained, measured model."""

import argparse
import sys

from model_bundle import ValenceError
from training.commands import ablate, ask, behave, cross_validate, download, evaluate, train
from training.errors import in_one_line
from training.fitting.interruption import TrainingInterruptedError

COMMANDS = {
    "download": download,
    "train": train,
    "evaluate": evaluate,
    "behave": behave,
    "cross-validate": cross_validate,
    "ablate": ablate,
    "ask": ask,
}


def main(arguments: list[str] | None = None) -> int:
    """Run a command; errors that a user can mend are told in one line, with exit status 2."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        summary = (module.__doc__ or "").strip().splitlines()[0]
        command = commands.add_parser(
            name, help=summary, description=module.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        module.add_arguments(command)
    parsed = parser.parse_args(arguments)
    try:
        status: int | None = COMMANDS[parsed.command].run(parsed)
    except TrainingInterruptedError as interruption:
        print(interruption, file=sys.stderr)
        return 130
    except ValenceError as error:
        print(f"{parser.prog} {parsed.command}: {in_one_line(error)}", file=sys.stderr)
        return 2
    return status or 0


if __name__ == "__main__":
    sys.exit(main())
