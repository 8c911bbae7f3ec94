"""How large the installed serving set is: what lambda_fn/requirements.txt names, and all that this needs in turn."""

from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REQUIREMENTS = Path(__file__).parent.parent / "lambda_fn" / "requirements.txt"
MOST_MEGABYTES = 220
"""Before the decoders for audio and video come in."""


def serving_sizes() -> dict[str, float]:
    """Return megabytes by package, compiled files included, as they are installed in this environment."""
    sizes = {name: _megabytes(found) for name, found in _closure(_named()).items()}
    return dict(sorted(sizes.items(), key=lambda item: -item[1]))


def print_serving_size(shown: int = 6) -> None:
    """Print a table of the largest, and the sum."""
    sizes = serving_sizes()
    print(f"Installed size of what serves, {len(sizes)} packages, MB (at most {MOST_MEGABYTES}):\n")
    for name, size in list(sizes.items())[:shown]:
        print(f"  {name:<32}{size:8.1f}")
    print(f"  {'others':<32}{sum(list(sizes.values())[shown:]):8.1f}")
    print(f"  {'all':<32}{sum(sizes.values()):8.1f}\n")


def _named() -> list[Requirement]:
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def _closure(requirements: list[Requirement]) -> dict[str, Distribution]:
    found: dict[str, Distribution] = {}
    waiting = list(requirements)
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name not in found and _applies(requirement):
            known = distribution(requirement.name)
            found[name] = known
            waiting += [_within(needed, requirement) for needed in known.requires or []]
    return found


def _within(needed: str, requirement: Requirement) -> Requirement:
    """Read one of a requirement's own, settled for the extras that were asked of it."""
    inner = Requirement(needed)
    wanted = [{"extra": extra} for extra in requirement.extras] or [{"extra": ""}]
    if inner.marker and any(inner.marker.evaluate(extra) for extra in wanted):
        inner.marker = None
    return inner


def _applies(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})


def _megabytes(found: Distribution) -> float:
    paths = [Path(str(found.locate_file(file))) for file in found.files or []]
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6
