"""Recordings and clips as files: decoders want a path, and archives are unpacked once."""

import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from training.datasets.cache import cache_folder
from training.datasets.source import Source
from training.errors import DatasetError

MANIFEST = "files.txt"
"""Names of what was unpacked: while one of them is missing, the archive is unpacked again."""


def media_files(source: Source, wanted: Callable[[str], bool], kind: str) -> dict[str, Path]:
    """Return the absolute path of each wanted file by name, in order.

    Those of an archive are unpacked into the cache folder, once for each `kind`, which names what is wanted.
    DatasetError for a damaged archive, for one with names that lead outside, and where nothing can be written.
    """
    if source.path.is_dir():
        return source.paths(wanted)
    key = hashlib.sha256(f"{source.stamp}\n{kind}".encode()).hexdigest()[:32]
    folder = cache_folder().resolve() / "media" / key
    names = _unpacked(folder)
    if names is None:
        names = _unpack(source, wanted, kind, folder)
    return {name: folder / name for name in names}


def _unpacked(folder: Path) -> list[str] | None:
    """Return the names of what is whole in the cache, or None."""
    try:
        names = (folder / MANIFEST).read_text(encoding="utf-8").split("\n")[:-1]
    except (OSError, UnicodeDecodeError):
        return None
    return names if all((folder / name).is_file() for name in names) else None


def _unpack(source: Source, wanted: Callable[[str], bool], kind: str, folder: Path) -> list[str]:
    partial = folder.with_name(f"{folder.name}.{os.getpid()}.partial")
    try:
        print(f"Unpacking {source.path} ({kind}) into {folder}, once.", file=sys.stderr)
        names = sorted(_write_all(source.files(wanted, f"unpacking {kind}"), partial, source))
        (partial / MANIFEST).write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    except OSError as error:
        if _unpacked(folder) is None:  # or another process was faster
            raise DatasetError(
                f"{folder} can't be written ({error}). Unpack {source.path} yourself, or name another folder with "
                "VALENCE_CACHE."
            ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return names


def _write_all(files: Iterable[tuple[str, bytes]], folder: Path, source: Source) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for name, content in files:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or "\n" in name:
            raise DatasetError(f"{source.path} holds the name {name!r}, which leads outside. Fetch the archive again.")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        names.append(name)
    return names
