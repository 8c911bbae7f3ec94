"""Counterfactually revised reviews (Kaushik et al. 2020, "Learning the Difference That Makes a Difference").

Pairs of an IMDB review and the same review, rewritten in few words to mean the opposite.
"""

import csv
import io
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from model_bundle import Item
from training.datasets import imdb
from training.datasets.example import Example
from training.datasets.source import Source, find_source
from training.datasets.text_encoding import decode_utf8
from training.errors import DatasetError

FOLDERS = ("imdb_revised", "imdb_revised.zip")
PARTS = {"train": "train", "validation": "dev", "test": "test"}
"""The paper's part by split."""
SPLITS = (*PARTS, "all", "revised")
"""`revised` is the rewritten halves of `all`: the others are reviews that a model of `imdb` has learned from."""
LABELS = ("negative", "positive")
KINDS = ("original", "revised")
REMEDY = (
    "Place imdb_revised.zip, or the folder imdb_revised, with pairs.csv there: columns pair, part, kind, label, text, "
    "of https://github.com/acmi-lab/counterfactually-augmented-data, as in docs/datasets.md."
)
_TABLE = re.compile(r"(?:.*/)?pairs\.csv")
_NO_WORDS = re.compile(r"<br\s*/?>|[\W_]+")


def sources(root: Path, _modalities: Collection[str]) -> list[Source]:
    """Return what the data set is read from, with IMDB where it is there; DatasetError says what to place where."""
    pairs = find_source(root, FOLDERS, REMEDY)
    try:
        return [pairs, *imdb.sources(root, ("text",))]
    except DatasetError:
        print(
            f"{root} has no {' and no '.join(imdb.FOLDERS)}, so the films are unknown: each pair is a group of its "
            "own. In one training run with `imdb`, a pair and its original could stand on two sides of a fold.",
            file=sys.stderr,
        )
        return [pairs]


def read(sources: list[Source], split: str) -> list[Example]:
    """Read the reviews of a split, in the table's order; a pair is in its film's group."""
    pairs, *reviews = sources
    tables = dict(pairs.files(lambda name: _TABLE.fullmatch(name) is not None, "reading pairs"))
    if not tables:
        raise DatasetError(f"{pairs.path} has no pairs.csv. {REMEDY}")
    rows = [row for name, table in tables.items() for row in _rows(f"{pairs.path.parent / name}", table)]
    if not rows:
        raise DatasetError(f"{pairs.path}: pairs.csv lists no review. {REMEDY}")
    films = _films(rows, imdb.read(reviews, "all")) if reviews else {}
    wanted = PARTS.get(split)
    return [
        _example(row, films)
        for row in rows
        if (wanted is None or row["part"] == wanted) and (split != "revised" or row["kind"] == "revised")
    ]


def _rows(place: str, table: bytes) -> Iterator[Mapping[str, str]]:
    rows = csv.DictReader(io.StringIO(decode_utf8(place, table, "Download it again."), newline=""), strict=True)
    try:
        for row in rows:
            known = {"part": PARTS.values(), "kind": KINDS, "label": LABELS}
            unknown = [name for name, values in known.items() if row[name] not in values]
            if unknown or not row["pair"] or not row["text"]:
                what = f"known {', '.join(unknown)}" if unknown else "pair or text"
                raise DatasetError(f"{place}, line {rows.line_num} has no {what}. {REMEDY}")
            yield row
    except (csv.Error, KeyError) as error:
        raise DatasetError(f"{place} is damaged or has other columns ({error!r}). {REMEDY}") from error


def _films(rows: Collection[Mapping[str, str]], reviews: Collection[Example]) -> dict[str, str]:
    """Return the film by pair: that of the review with the original's text, or else of the review that gave its id."""
    by_text = {_words(review.item.text or ""): review.group for review in reviews}
    by_identifier = {review.identifier: review.group for review in reviews}
    films: dict[str, str] = {}
    for row in rows:
        if row["kind"] == "original":
            # One review was rewritten twice: `train/pos/10196_10#2`.
            film = by_text.get(_words(row["text"])) or by_identifier.get(row["pair"].partition("#")[0])
            films |= {row["pair"]: film} if film else {}
    return films


def _words(text: str) -> str:
    """Return the letters and digits alone: copies of the reviews differ in tags, spaces and quotation marks."""
    return _NO_WORDS.sub("", text).casefold()


def _example(row: Mapping[str, str], films: Mapping[str, str]) -> Example:
    return Example(
        identifier=f"{row['pair']}/{row['kind']}",
        item=Item(text=row["text"]),
        labels={"sentiment": row["label"]},
        group=films.get(row["pair"], f"pair/{row['pair'].partition('#')[0]}"),
    )
