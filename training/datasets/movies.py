"""Genres and release year of films, by IMDb id: from MovieLens 25M or from IMDb's own title list."""

import csv
import gzip
import io
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from training.datasets.source import DAMAGE, Source, find_source
from training.datasets.text_encoding import decode_utf8
from training.errors import DatasetError

IMDB_TITLES = "title.basics.tsv.gz"
MOVIELENS = ("ml-25m", "ml-25m.zip")
REMEDY = (
    "Run `python -m training download imdb`, or place ml-25m.zip (GroupLens) or title.basics.tsv.gz "
    "(IMDb datasets) there; `evaluate` can also do without them: `--without metadata`."
)
_TITLE_YEAR = re.compile(r"\((\d{4})(?:[-\u2013]\d{0,4})?\)\s*$")
BAD_TABLE = (csv.Error, KeyError, TypeError, AttributeError)
"""What a table with other columns raises."""
_NO_GENRES = {"(no genres listed)", r"\N", ""}


@dataclass(frozen=True, slots=True)
class Movie:
    """What is known about a film."""

    genres: tuple[str, ...] = ()
    year: int | None = None


UNKNOWN_MOVIE = Movie()


def find_movies(root: Path) -> Source:
    """Return the source of film metadata under `root`: IMDb's list where it is there, as it is complete."""
    return find_source(root, (IMDB_TITLES, *MOVIELENS), REMEDY)


def read_movies(source: Source, wanted: Container[str]) -> Mapping[str, Movie]:
    """Read the wanted films by IMDb id (digits, without `tt`); DatasetError if the source is damaged."""
    # IMDb lists more than ten million titles: those that nobody asks for would fill the memory.
    is_imdb = source.path.name == IMDB_TITLES
    films = _read_imdb_titles(source.path) if is_imdb else _read_movielens(source)
    return {identifier: movie for identifier, movie in films if identifier in wanted}


def _read_imdb_titles(path: Path) -> Iterator[tuple[str, Movie]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            # The file is tab separated without quoting: a title may hold a lone quotation mark.
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                year = row["startYear"]
                yield row["tconst"][2:], Movie(_genres(row["genres"], ","), int(year) if year.isdigit() else None)
    except UnicodeDecodeError as error:  # whose repr holds a whole block of the file
        raise DatasetError(f"{path} is damaged: it is not UTF-8 ({error}). Download it again.") from None
    except (*DAMAGE, *BAD_TABLE) as error:
        raise DatasetError(f"{path} is damaged or no IMDb title list ({error!r}). Download it again.") from error


def _read_movielens(source: Source) -> Iterator[tuple[str, Movie]]:
    tables = dict(source.files(lambda name: name.endswith(("/movies.csv", "/links.csv")), "reading films"))
    for name in ("ml-25m/movies.csv", "ml-25m/links.csv"):
        if name not in tables:
            raise DatasetError(f"{source.path} has no {name}. Download ml-25m.zip again.")
    try:
        films = {row["movieId"]: row for row in _rows(source, tables, "ml-25m/movies.csv")}
        for link in _rows(source, tables, "ml-25m/links.csv"):
            film = films.get(link["movieId"])
            if film is not None:
                yield link["imdbId"], Movie(_genres(film["genres"], "|"), _year_of(film["title"]))
    except BAD_TABLE as error:
        raise DatasetError(f"{source.path} is damaged or not MovieLens ({error!r}). Download it again.") from error


def _rows(source: Source, tables: Mapping[str, bytes], name: str) -> Iterator[dict[str, str]]:
    table = decode_utf8(f"{source.path}: {name}", tables[name], "Download it again.")
    return csv.DictReader(io.StringIO(table, newline=""))


def _genres(cell: str, separator: str) -> tuple[str, ...]:
    return () if cell in _NO_GENRES else tuple(cell.split(separator))


def _year_of(title: str) -> int | None:
    match = _TITLE_YEAR.search(title)
    return int(match[1]) if match else None
