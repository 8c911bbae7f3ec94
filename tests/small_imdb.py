"""A small data set of reviews and films in the layout of the public downloads, the same every time.

A few words carry the sentiment, so that a tiny model learns it in seconds.
"""

import csv
import gzip
import io
import random
import tarfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

POSITIVE_WORDS: Final = ("wonderful", "brilliant", "moving", "superb")
NEGATIVE_WORDS: Final = ("awful", "tedious", "clumsy", "dreadful")
NEUTRAL_TEXT: Final = """the a film movie story plot of and with this that it was is in on actor scene camera music
ending director screen script line night house city train summer isn't"""
ODDITIES: Final = (" <br /><br />", "\x85", "\u2028", ' "quoted" ', " café ", "\u2019s ")
"""What real reviews hold and simple readers stumble over."""

REVIEWS_PER_FOLDER: Final = 60
RATINGS: Final = {"pos": (7, 8, 9, 10), "neg": (1, 2, 3, 4), "unsup": (0,)}
FOLDERS: Final = {"train": ("neg", "pos", "unsup"), "test": ("neg", "pos")}
GENRES: Final = ("Comedy", "Drama", "Horror", "Sci-Fi")


@dataclass(frozen=True)
class Film:
    """A film; `title` is None where no list of films knows it."""

    identifier: str
    title: str | None
    genres: tuple[str, ...]
    year: int | None


def _films() -> list[Film]:
    films = []
    for number in range(30):
        genres = tuple(sorted({GENRES[number % 4], GENRES[number // 4 % 4]}))
        films.append(Film(f"{1000 + 37 * number:07}", f"Film, the {number}th", genres, 1950 + 2 * number))
    films[3] = Film(films[3].identifier, 'A lone "quote', ("Drama",), 1979)
    films[4] = Film(films[4].identifier, "Nothing known", (), None)
    films[5] = Film(films[5].identifier, None, (), None)
    films[11] = Film("12345678", None, (), None)
    return films


FILMS: Final = tuple(_films())


def write_small_imdb(root: Path, parts: Sequence[str] = ("train", "test"), reviews: int = REVIEWS_PER_FOLDER) -> Path:
    """Write `aclImdb/` with some of its parts, and `ml-25m.zip`, into `root`; return `root`."""
    write_reviews(root, parts, reviews)
    write_movielens(root)
    return root


def write_reviews(root: Path, parts: Sequence[str] = ("train", "test"), reviews: int = REVIEWS_PER_FOLDER) -> Path:
    """Write the folder `aclImdb` into `root`, with so many reviews in each of its folders; return it."""
    chance = random.Random(0)
    for part in FOLDERS:
        for folder in FOLDERS[part]:
            texts = [_text(chance, folder) for _ in range(reviews)]
            ratings = [chance.choice(RATINGS[folder]) for _ in range(reviews)]
            films = [chance.choice(FILMS) for _ in range(reviews)]
            if part in parts:
                _write_folder(root / "aclImdb" / part, folder, texts, ratings, films)
    return root / "aclImdb"


def _write_folder(part: Path, folder: str, texts: list[str], ratings: list[int], films: list[Film]) -> None:
    (part / folder).mkdir(parents=True)
    for number, (text, rating) in enumerate(zip(texts, ratings, strict=True)):
        (part / folder / f"{number}_{rating}.txt").write_bytes(text.encode())
    lines = [f"http://www.imdb.com/title/tt{film.identifier}/usercomments\n" for film in films]
    (part / f"urls_{folder}.txt").write_text("".join(lines), encoding="utf-8")


def _text(chance: random.Random, folder: str) -> str:
    words = chance.choices(NEUTRAL_TEXT.split(), k=chance.randint(4, 30))
    own, other = (POSITIVE_WORDS, NEGATIVE_WORDS) if folder != "neg" else (NEGATIVE_WORDS, POSITIVE_WORDS)
    words += chance.choices(own, k=3) + chance.choices(other, k=chance.choice((0, 0, 1)))
    chance.shuffle(words)
    if chance.random() < 0.3:
        words.insert(len(words) // 2, chance.choice(ODDITIES))
    return " ".join(words).capitalize() + "."


def pack_reviews(folder: Path, target: Path) -> Path:
    """Pack the folder `aclImdb` as `aclImdb_v1.tar.gz` into the folder `target`; return the archive."""
    target.mkdir(parents=True, exist_ok=True)
    archive = target / "aclImdb_v1.tar.gz"
    with tarfile.open(archive, "w:gz", compresslevel=1) as packed:
        packed.add(folder, arcname="aclImdb")
    return archive


def write_movielens(root: Path) -> Path:
    """Write `ml-25m.zip` with `movies.csv` and `links.csv`; return it."""
    known = [(number + 1, film) for number, film in enumerate(FILMS) if film.title is not None]
    movies = [("movieId", "title", "genres")] + [
        (str(number), _movielens_title(film), "|".join(film.genres) or "(no genres listed)") for number, film in known
    ]
    links = [("movieId", "imdbId", "tmdbId")] + [(str(number), film.identifier, "") for number, film in known]
    archive = root / "ml-25m.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("ml-25m/movies.csv", _csv(movies))
        packed.writestr("ml-25m/links.csv", _csv(links))
        packed.writestr("ml-25m/README.txt", "A made-up excerpt.\n")
    return archive


def _movielens_title(film: Film) -> str:
    return f"{film.title} ({film.year})" if film.year else f"{film.title}"


def _csv(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def write_titles(root: Path) -> Path:
    """Write `title.basics.tsv.gz`, IMDb's own list; return it."""
    columns = "tconst titleType primaryTitle originalTitle isAdult startYear endYear runtimeMinutes genres"
    rows = [columns.replace(" ", "\t"), *(_title_row(film) for film in FILMS if film.title is not None)]
    archive = root / "title.basics.tsv.gz"
    archive.write_bytes(gzip.compress("".join(f"{row}\n" for row in rows).encode(), mtime=0))
    return archive


def _title_row(film: Film) -> str:
    year, genres = str(film.year or r"\N"), ",".join(film.genres) or r"\N"
    return "\t".join([f"tt{film.identifier}", "movie", *[film.title or ""] * 2, "0", year, r"\N", "90", genres])
