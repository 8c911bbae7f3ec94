"""A public download as it lies on disk: still an archive, or unpacked."""

import gzip
import hashlib
import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from training.errors import DatasetError

CHUNK_BYTES = 1 << 20
DAMAGE = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError)
"""What reading a damaged archive raises."""


@dataclass(frozen=True)
class Source:
    """A folder, or the archive that it would be unpacked from."""

    path: Path

    @property
    def stamp(self) -> str:
        """A string that changes when the source does."""
        digest = hashlib.sha256()
        for path in self._paths():
            stat = path.stat()
            digest.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns}\n".encode())
        return f"{self.path.resolve()}:{digest.hexdigest()}"

    def files(self, wanted: Callable[[str], bool], description: str) -> Iterator[tuple[str, bytes]]:
        """Yield (name, content) of the wanted files; names start with the folder's own, as in the archive."""
        if self.path.is_dir():
            yield from self._from_folder(wanted, description)
        elif self.path.suffix == ".zip":
            yield from self._guarded(self._from_zip(wanted))
        else:
            yield from self._guarded(self._from_tar(wanted, description))

    def paths(self, wanted: Callable[[str], bool]) -> dict[str, Path]:
        """Return the absolute path of each wanted file of a folder by name, in order; an archive has none."""
        base = self.path.parent
        paths = {path.relative_to(base).as_posix(): path.absolute() for path in self._paths()}
        return {name: path for name, path in paths.items() if wanted(name)} if self.path.is_dir() else {}

    def _paths(self) -> list[Path]:
        """Return the archive, or every file of the folder, in order; a part of it may be a link to elsewhere."""
        if not self.path.is_dir():
            return [self.path]
        return sorted(Path(folder, name) for folder, _, names in os.walk(self.path, followlinks=True) for name in names)

    def _from_folder(self, wanted: Callable[[str], bool], description: str) -> Iterator[tuple[str, bytes]]:
        for path in tqdm(self._paths(), desc=description, unit="file", leave=False):
            name = path.relative_to(self.path.parent).as_posix()
            if wanted(name):
                yield name, path.read_bytes()

    def _from_zip(self, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
        with zipfile.ZipFile(self.path) as archive:
            for name in archive.namelist():
                if wanted(name):
                    yield name, archive.read(name)

    def _from_tar(self, wanted: Callable[[str], bool], description: str) -> Iterator[tuple[str, bytes]]:
        # Read as a stream: gzip can't seek, and member by member in order is one pass.
        with gzip.open(self.path) as content, tarfile.open(fileobj=content, mode="r|") as archive:
            for member in tqdm(archive, desc=description, unit="file", leave=False):
                file = archive.extractfile(member) if member.isfile() and wanted(member.name) else None
                if file is not None:
                    yield member.name, file.read()
            while content.read(CHUNK_BYTES):  # up to the checksum at the very end
                pass

    def _guarded(self, files: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
        try:
            yield from files
        except DAMAGE as error:
            raise DatasetError(f"{self.path} is damaged ({error}). Delete it and download it again.") from error


def find_source(root: Path, names: tuple[str, ...], remedy: str) -> Source:
    """Return the first of `names` that exists under `root`; DatasetError names them all, and the remedy."""
    for name in names:
        if (root / name).exists():
            return Source(root / name)
    raise DatasetError(f"{root} has no {' and no '.join(names)}. {remedy}")
