"""What `docker build` would put into the image, found without docker: the COPY lines and `.dockerignore`, evaluated."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class IgnoreRule:
    """One line of `.dockerignore`."""

    pattern: re.Pattern[str]
    ignores: bool

    @classmethod
    def of(cls, line: str) -> "IgnoreRule":
        glob = line.removeprefix("!").strip("/")
        return cls(re.compile(_expression(glob) + r"(/.*)?"), not line.startswith("!"))


def ignore_rules(path: Path) -> list[IgnoreRule]:
    """Read the rules; the last one that fits a path decides."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    return [IgnoreRule.of(line) for line in lines if line and not line.startswith("#")]


def is_sent(path: str, rules: Iterable[IgnoreRule]) -> bool:
    """Whether docker's build sees this file."""
    sent = True
    for rule in rules:
        if rule.pattern.fullmatch(path):
            sent = not rule.ignores
    return sent


def copied_sources(dockerfile: Path) -> list[str]:
    """Return what the COPY and ADD lines name."""
    return [source for source, _ in copied(dockerfile)]


def copied(dockerfile: Path) -> list[tuple[str, int | None]]:
    """Return each source of a COPY or ADD line, and the mode that the line gives to all that is copied."""
    lines = re.findall(r"^(?:COPY|ADD) (?:--chmod=(\d+) )?(.+)$", dockerfile.read_text(encoding="utf-8"), re.MULTILINE)
    return [(source, int(mode, 8) if mode else None) for mode, line in lines for source in line.split()[:-1]]


def image_files(files: Iterable[str], root: Path = ROOT) -> set[str]:
    """Return which of these files of the repository are in the image."""
    rules = ignore_rules(root / ".dockerignore")
    sources = copied_sources(root / "lambda_fn" / "Dockerfile")
    return {
        file
        for file in files
        if is_sent(file, rules) and any(file == source or file.startswith(f"{source}/") for source in sources)
    }


def _expression(glob: str) -> str:
    """Translate docker's pattern: `**` is any number of folders, `*` anything within one name."""
    parts = re.split(r"(\*\*/|\*|\?)", glob)
    meaning = {"**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    return "".join(meaning.get(part, re.escape(part)) for part in parts)
