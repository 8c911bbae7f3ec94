"""Export a checkpoint as a bundle.

    python -m model_export runs/reviews/best.pt models/reviews --figures runs/reviews/cross_validation.json

Every graph is checked against torch; the int8 form ships only if it gives the same answers. A bundle that fails more of
the behaviour suite than the one that it replaces is refused.
"""

import argparse
import sys
from pathlib import Path

from model_bundle import ValenceError
from model_export.export import export_bundle
from model_export.figures import read_measurement
from training.commands.arguments import add_margins, chosen_margins
from training.errors import in_one_line


def main(arguments: list[str] | None = None) -> int:
    """Export, and say what was found; errors that a user can mend are told in one line, with exit status 2."""
    parser = argparse.ArgumentParser(
        prog="python -m model_export", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path, help="best.pt of a run")
    parser.add_argument("bundle", type=Path, help="folder to write; an older bundle there is replaced")
    parser.add_argument("--float32", action="store_true", help="don't try int8")
    parser.add_argument(
        "--figures", type=Path, action="append", default=[], help="a JSON file of figures for the card; may be repeated"
    )
    add_margins(parser)
    parsed = parser.parse_args(arguments)
    try:
        measurements = [read_measurement(path) for path in parsed.figures]
        quantise, margins = not parsed.float32, chosen_margins(parsed)
        for line in export_bundle(parsed.checkpoint, parsed.bundle, quantise, measurements, margins):
            print(line)
    except ValenceError as error:
        print(f"{parser.prog}: {in_one_line(error)}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
