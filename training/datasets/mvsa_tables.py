"""The two layouts of MVSA-Single: a table of posts, or as published, with a text file by post."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from training.datasets.text_encoding import decode_mixed, decode_utf8
from training.errors import DatasetError

LABELS = ("negative", "neutral", "positive")
HOMEPAGE = "http://www.mcrlab.net/research/mvsa-sentiment-analysis-on-multi-view-social-data/"
REMEDY = f"Its authors give it out at {HOMEPAGE}; place mvsa_single.zip or MVSA_Single, as in docs/datasets.md, there."
PUBLISHED_HEADER = "ID\ttext,image"
_TABLE = re.compile(r"[^/]+/labels\.csv")
_PUBLISHED_TABLE = re.compile(r"[^/]+/labelResult(?:All)?\.txt")
_PUBLISHED_ROW = re.compile(r"(?P<id>[^\t]+)\t(?P<text>\w+),(?P<image>\w+)\s*")
_PUBLISHED_TEXT = re.compile(r"[^/]+/data/[^/]+\.txt")

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Post:
    """One post without its image."""

    identifier: str
    text: str
    label: str


def is_table_or_text(name: str) -> bool:
    """Whether a file is one that `read_posts` asks for."""
    return any(pattern.fullmatch(name) for pattern in (_TABLE, _PUBLISHED_TABLE, _PUBLISHED_TEXT))


def read_posts(place: str, files: Files) -> list[Post]:
    """Return the posts in the table's order; DatasetError, which names `place`, for a missing or damaged table."""
    for pattern, read in ((_TABLE, _read_table), (_PUBLISHED_TABLE, _read_published)):
        for name in filter(pattern.fullmatch, sorted(files)):
            posts = list(read(f"{place}: {name}", name, files))
            _check_identifiers(f"{place}: {name}", [post.identifier for post in posts])
            return posts
    raise DatasetError(f"{place} has no labels.csv and no labelResultAll.txt. {REMEDY}")


def combined_label(text: str, image: str) -> str | None:
    """Return the label of a post: the polar one of the two, or None where they contradict each other.

    Xu and Mao 2017, "MultiSentiNet: A Deep Semantic Network for Multimodal Sentiment Analysis" (CIKM).
    """
    polar = {text, image} - {"neutral"}
    return min(polar, default="neutral") if len(polar) < 2 else None


def _read_table(table: str, name: str, files: Files) -> Iterator[Post]:
    try:
        rows = csv.DictReader(io.StringIO(decode_utf8(table, files[name]), newline=""), strict=True)
        for row in rows:
            _check_labels(table, row["id"], [row["sentiment"]])
            yield Post(row["id"], row["text"].strip(), row["sentiment"])
    except (csv.Error, KeyError, AttributeError) as error:
        raise DatasetError(f"{table} has not the columns id, sentiment, text ({error!r}). {REMEDY}") from error


def _read_published(table: str, name: str, files: Files) -> Iterator[Post]:
    for line in decode_mixed(files[name]).splitlines():
        if line.strip() in {"", PUBLISHED_HEADER}:
            continue
        match = _PUBLISHED_ROW.fullmatch(line)
        if match is None:
            raise DatasetError(f"{table}: {line!r} is not an id, a tab, and `text label,image label`. {REMEDY}")
        identifier, *labels = match.groups()
        _check_labels(table, identifier, labels)
        label = combined_label(*labels)
        if label is not None:
            yield Post(identifier, _published_text(table, name, identifier, files), label)


def _published_text(table: str, name: str, identifier: str, files: Files) -> str:
    path = f"{name.rpartition('/')[0]}/data/{identifier}.txt"
    if path not in files:
        raise DatasetError(f"{table} lists {identifier!r}, but there is no {path}. {REMEDY}")
    return decode_mixed(files[path]).strip()


def _check_labels(table: str, identifier: str, labels: Iterable[str]) -> None:
    for label in labels:
        if label not in LABELS:
            raise DatasetError(f"{table}: {identifier!r} has the unknown label {label!r}; known: {', '.join(LABELS)}.")


def _check_identifiers(table: str, identifiers: Sequence[str]) -> None:
    if not identifiers:
        raise DatasetError(f"{table} lists no post. {REMEDY}")
    identifier, count = Counter(identifiers).most_common(1)[0]
    if count > 1:
        raise DatasetError(f"{table} lists {identifier!r} {count} times. {REMEDY}")
