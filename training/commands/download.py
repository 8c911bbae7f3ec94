"""Fetch the public files of a data set.

    python -m training download imdb --data-root data

An interrupted download goes on where it stopped, except for a file that its publisher changes.
Without network access, the command says which file to place where.
"""

import argparse
import hashlib
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from tqdm import tqdm

from training.commands.arguments import add_data_root
from training.datasets import meld, mvsa_tables
from training.errors import DatasetError

CHUNK_BYTES = 1 << 20
TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class PublicFile:
    """A file that its publisher serves."""

    name: str
    """Path below the data root."""
    url: str
    algorithm: str = ""
    """Of the checksum; empty where the publisher may change the file, as IMDb does daily."""
    checksum: str = ""


MOVIELENS_25M = PublicFile(
    "ml-25m.zip", "https://files.grouplens.org/datasets/movielens/ml-25m.zip", "md5", "6b51fb2759a8657d3bfcbfc42b592ada"
)
MELD = "https://raw.githubusercontent.com/declare-lab/MELD/master/data/MELD"
PUBLIC_FILES = {
    "imdb": (
        PublicFile(
            "aclImdb_v1.tar.gz",
            "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
            "md5",
            "7c2ac02c03563afcf9b574c7e56c153a",
        ),
        MOVIELENS_25M,
    ),
    "imdb-titles": (PublicFile("title.basics.tsv.gz", "https://datasets.imdbws.com/title.basics.tsv.gz"),),
    "cifar100": (
        PublicFile(
            "cifar-100-python.tar.gz",
            "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
            "md5",
            "eb9058c3a382ffc7106e4002c42a8d85",
        ),
    ),
    "meld": tuple(
        PublicFile(f"MELD/{part}_sent_emo.csv", f"{MELD}/{part}_sent_emo.csv") for part in meld.PARTS.values()
    ),
}
ON_REQUEST = {"mvsa": mvsa_tables.REMEDY}
"""What must be asked for, and how."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "dataset", choices=[*PUBLIC_FILES, *ON_REQUEST], help="imdb-titles is IMDb's own list of genres and years"
    )
    add_data_root(parser)


def run(arguments: argparse.Namespace) -> None:
    """Fetch every file of the data set that isn't there yet; DatasetError where there is no public file."""
    if arguments.dataset in ON_REQUEST:
        raise DatasetError(f"{arguments.dataset} has no public file. {ON_REQUEST[arguments.dataset]}")
    for file in PUBLIC_FILES[arguments.dataset]:
        print(f"{file.name}: {fetch(file, arguments.data_root)}")


def fetch(file: PublicFile, folder: Path) -> str:
    """Fetch one file into `folder` and return what was done; DatasetError if it can't be had or is damaged."""
    target = folder / file.name
    if target.exists():
        _check(target, file)
        return "already there"
    partial = folder / f"{file.name}.partial"
    partial.parent.mkdir(parents=True, exist_ok=True)
    try:
        _transfer(file, partial)
    except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError) as error:
        raise DatasetError(
            f"{file.url} can't be fetched ({error}). Fetch it elsewhere and place it as {target}."
        ) from error
    _check(partial, file)
    partial.replace(target)
    return "fetched"


def _transfer(file: PublicFile, partial: Path) -> None:
    # Without a checksum, half of one edition and half of the next would pass for a file.
    start = partial.stat().st_size if file.checksum and partial.exists() else 0
    request = urllib.request.Request(file.url, headers={"Range": f"bytes={start}-"} if start else {})
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)
    except urllib.error.HTTPError as error:
        if start and error.code == 416:  # nothing is left to fetch
            return
        raise
    with response:
        resumed = response.status == 206
        _save(response, partial, file.name, start if resumed else 0)


def _save(response: HTTPResponse, partial: Path, name: str, start: int) -> None:
    total = start + int(response.headers.get("Content-Length", 0)) or None
    with (
        partial.open("ab" if start else "wb") as output,
        tqdm(desc=name, initial=start, total=total, unit="B", unit_scale=True) as bar,
    ):
        while chunk := response.read(CHUNK_BYTES):
            output.write(chunk)
            bar.update(len(chunk))
    if total is not None and partial.stat().st_size < total:
        raise ConnectionError("the connection ended early; the same command goes on from there")


def _check(path: Path, file: PublicFile) -> None:
    if not file.checksum:
        return
    with path.open("rb") as content:
        actual = hashlib.file_digest(content, file.algorithm).hexdigest()
    if actual != file.checksum:
        raise DatasetError(
            f"{path} is damaged or another edition: its {file.algorithm} is {actual}, and the published file's is "
            f"{file.checksum}. Delete it and run the command again."
        )
