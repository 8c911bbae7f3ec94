"""How large the installed serving set is: lambda_fn/requirements.txt lists all of it, and is installed without more."""

from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REQUIREMENTS = Path(__file__).parent.parent / "lambda_fn" / "requirements.txt"
MAX_MEGABYTES = 350
"""With the decoders for audio and video (`av`), which take a third of it."""


def serving_sizes() -> dict[str, float]:
    """Return megabytes by package, compiled files included, as they are installed in this environment."""
    sizes = {name: _megabytes(distribution(name)) for name in _named()}
    return dict(sorted(sizes.items(), key=lambda item: -item[1]))


def print_serving_size(shown: int = 6) -> None:
    """Print a table of the largest, and the sum."""
    sizes = serving_sizes()
    print(f"Installed size of what serves, {len(sizes)} packages, MB (at most {MAX_MEGABYTES}):\n")
    for name, size in list(sizes.items())[:shown]:
        print(f"  {name:<32}{size:8.1f}")
    print(f"  {'others':<32}{sum(list(sizes.values())[shown:]):8.1f}")
    print(f"  {'all':<32}{sum(sizes.values()):8.1f}\n")


def _named() -> list[str]:
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    return [canonicalize_name(Requirement(line).name) for line in lines if line and not line.startswith("#")]


def _megabytes(found: Distribution) -> float:
    paths = [Path(str(found.locate_file(file))) for file in found.files or []]
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6
