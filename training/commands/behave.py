"""Put a bundle through the behaviour suite, and say what it fails; with --against, whether it got worse.

    python -m training behave models/posts --json behaviour.json --report runs/behaviour
    python -m training behave runs/models/posts --against models/posts --margin 0.02

The exit status is 1 where failure rates rose by more than the margins.
"""

import argparse
import json
from pathlib import Path

from model_bundle import Predictor
from training.behaviour import load_suite, measure_behaviour
from training.behaviour.gate import worsened
from training.behaviour.report import examples, table, write_behaviour_report
from training.commands.arguments import add_margins, chosen_margins, invoked_command
from training.outputs import check_file, check_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("bundle", type=Path, help="folder of the bundle, such as models/posts")
    parser.add_argument("--against", type=Path, metavar="BUNDLE", help="the bundle that it would take the place of")
    add_margins(parser)
    parser.add_argument("--seed", type=int, default=0, help="draws other words for the same templates (default: 0)")
    parser.add_argument(
        "--examples", type=int, default=1, help="failures to print of each test, at most 3 (default: 1)"
    )
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--report", type=Path, help="write a page with examples and a chart into this folder")
    parser.add_argument("--threads", type=int, default=2, help="threads that each graph runs on (default: %(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Measure, print, and write what was asked for; return the exit status."""
    if arguments.json:
        check_file(arguments.json)
    if arguments.report:
        check_folder(arguments.report)
    suite = load_suite()
    figures, *others = [
        measure_behaviour(Predictor.open(folder, arguments.threads), suite, arguments.seed)
        for folder in (arguments.bundle, arguments.against)
        if folder
    ]
    before = others[0] if others else None
    figures["command"] = invoked_command()
    print(f"{figures['bundle']} {figures['version']}, {figures['n']} cases, {figures['split']}\n")
    print(table(figures, before))
    print("\nFailures:\n" + examples(figures, arguments.examples))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if arguments.report:
        write_behaviour_report(figures, before, arguments.report)
    worse = worsened(figures, before, chosen_margins(arguments)) if before else []
    for line in worse:
        print(f"Worse: {line}")
    return 1 if worse else 0
