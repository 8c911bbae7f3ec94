"""Reading and writing the folder that a bundle is."""

import hashlib
from pathlib import Path

from pydantic import ValidationError

from model_bundle.errors import BundleError
from model_bundle.spec import BUNDLE_FILE, BundleSpec


def sha256_of(path: Path) -> str:
    """Return the hexadecimal sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_hashes(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file of a bundle, by name; of all but its description, which holds them."""
    paths = sorted(path for path in folder.iterdir() if path.is_file() and path.name != BUNDLE_FILE)
    return {path.name: sha256_of(path) for path in paths}


def read_spec(folder: Path) -> BundleSpec:
    """Read and validate `bundle.json`, and check that every file is there; BundleError says what is wrong.

    A file's hash is checked when the file is first used (`check_file`), or by `verify` for all of them.
    """
    spec = _parse(folder / BUNDLE_FILE)
    for name in spec.files:
        _check_presence(folder / name)
    return spec


def verify(folder: Path, spec: BundleSpec) -> None:
    """Check the hash of every file; BundleError names the first that is damaged."""
    for name, expected in spec.files.items():
        check_file(folder / name, expected)


def check_file(path: Path, expected: str) -> None:
    """Check one file's hash; BundleError if it is missing or damaged."""
    _check_presence(path)
    if sha256_of(path) != expected:
        raise BundleError(f"{path} is damaged: its sha256 is not the one in {BUNDLE_FILE}. Copy the bundle again.")


def read_specs(folder: Path) -> dict[str, BundleSpec]:
    """Read every bundle in a folder, by name; BundleError if there is none, or one is not sound."""
    folders = sorted(path.parent for path in folder.glob(f"*/{BUNDLE_FILE}"))
    if not folders:
        raise BundleError(f"{folder} holds no bundle. Make one with `python -m model_export`, or name another folder.")
    return {path.name: _named_spec(path) for path in folders}


def write_spec(folder: Path, spec: BundleSpec) -> None:
    """Write `bundle.json`: last of all files, so that a half-written folder is no bundle."""
    partial = folder / f"{BUNDLE_FILE}.partial"
    partial.write_text(spec.model_dump_json(indent=2) + "\n", encoding="utf-8")
    partial.replace(folder / BUNDLE_FILE)


def _named_spec(folder: Path) -> BundleSpec:
    spec = read_spec(folder)
    if spec.name != folder.name:
        raise BundleError(f"{folder} holds the bundle {spec.name!r}: rename the folder to the bundle's name.")
    return spec


def _parse(path: Path) -> BundleSpec:
    try:
        return BundleSpec.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BundleError(
            f"{path.parent} is no bundle: it has no {BUNDLE_FILE}. Make one with `python -m model_export`."
        ) from None
    except ValidationError as error:
        raise BundleError(f"{path} is not a valid bundle description: {_in_short(error)}") from None
    except UnicodeDecodeError as error:
        raise BundleError(f"{path} is not a valid bundle description: byte {error.start} is not UTF-8.") from None


def _in_short(error: ValidationError) -> str:
    first, *others = error.errors(include_url=False, include_context=False, include_input=False)
    where = ".".join(map(str, first["loc"]))
    more = f" ({len(others)} more errors)" if others else ""
    return f"{where}: {first['msg']}{more}. Export the bundle again." if where else f"{first['msg']}. Copy it again."


def _check_presence(path: Path) -> None:
    if not path.is_file():
        raise BundleError(f"{path} is missing: copy the whole bundle again, or export it again.")
