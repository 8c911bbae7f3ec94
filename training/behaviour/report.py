"""Failure rates as a table, and as a page with examples and a chart."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from training.behaviour.figures import Figures
from training.behaviour.plot import plot_failure_rates

OVERALL = "mean of the capabilities"


def table(figures: Figures, before: Figures | None = None) -> str:
    """Return a row by capability, in Markdown; `before` gives a column of another bundle's failure rates."""
    other = f" {before['bundle']} {before['version']}, before |" if before else ""
    lines = [f"| capability | n | failures |{other}", "|---|---:|---:|" + ("---:|" if before else "")]
    lines += [_row(name, row, before and before["capabilities"][name]) for name, row in figures["capabilities"].items()]
    return "\n".join([*lines, _row(f"**{OVERALL}**", figures, before)])


def _row(name: str, row: Mapping[str, Any], before: Mapping[str, Any] | None) -> str:
    return f"| {name} | {row['n']} | {row['failure_rate']:.1%} |" + (
        f" {before['failure_rate']:.1%} |" if before else ""
    )


def examples(figures: Figures, most: int) -> str:
    """Return up to `most` failures of each test, a line each."""
    lines = []
    for name, capability in figures["capabilities"].items():
        for title, test in capability["tests"].items():
            lines += [f"{name}: {title}: {_shown(example)}" for example in test["examples"][:most]]
    return "\n".join(lines)


def write_behaviour_report(figures: Figures, before: Figures | None, folder: Path) -> None:
    """Write `behaviour.md`, `behaviour.json` and `behaviour.png` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "behaviour.json").write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    plot_failure_rates(figures, before, folder / "behaviour.png")
    (folder / "behaviour.md").write_text("\n".join(_page(figures, before)) + "\n", encoding="utf-8")


def _page(figures: Figures, before: Figures | None) -> Iterator[str]:
    yield f"# Behaviour of {figures['bundle']} {figures['version']}\n"
    yield f"{figures['n']} cases, {figures['split']}.\n"
    yield table(figures, before)
    yield "\n![Failure rates by capability](behaviour.png)"
    for name, capability in figures["capabilities"].items():
        yield f"\n## {name}\n\n{capability['about']}\n"
        yield "| test | kind | n | failures | mean range |\n|---|---|---:|---:|---:|"
        for title, test in capability["tests"].items():
            spread = f"{test['mean_range']:.3f}" if test.get("mean_range") is not None else ""
            yield f"| {title} | {test['kind']} | {test['n']} | {test['failure_rate']:.1%} | {spread} |"
        failures = [example for test in capability["tests"].values() for example in test["examples"]]
        yield from ["", *(f"- {_shown(example)}" for example in failures)]


def _shown(example: list[dict[str, Any]]) -> str:
    return " → ".join(f"`{row['text']}` {_answer(row)}" for row in example)


def _answer(row: Mapping[str, Any]) -> str:
    return "no answer" if row["label"] is None else f"{row['label']} ({row['score']:+.2f})"
