import zipfile
from pathlib import Path

import pytest

from tests.small_imdb import FILMS, write_movielens, write_titles
from training.datasets.movies import Movie, find_movies, read_movies
from training.errors import DatasetError

KNOWN = {film.identifier: Movie(film.genres, film.year) for film in FILMS if film.title is not None}


def _movielens(root: Path, movies: str, links: str = "movieId,imdbId,tmdbId\r\n1,0000001,\r\n") -> Path:
    with zipfile.ZipFile(root / "ml-25m.zip", "w") as archive:
        archive.writestr("ml-25m/movies.csv", movies)
        archive.writestr("ml-25m/links.csv", links)
    return root


def test_movielens_is_read_packed_and_unpacked(tmp_path: Path) -> None:
    archive = write_movielens(tmp_path)
    assert read_movies(find_movies(tmp_path), KNOWN) == KNOWN
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path)
    archive.unlink()
    assert find_movies(tmp_path).path.name == "ml-25m"
    assert read_movies(find_movies(tmp_path), KNOWN) == KNOWN


def test_imdb_titles_come_first_and_say_the_same(tmp_path: Path) -> None:
    write_movielens(tmp_path)
    write_titles(tmp_path)
    assert find_movies(tmp_path).path.name == "title.basics.tsv.gz"
    assert read_movies(find_movies(tmp_path), KNOWN) == KNOWN


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("Heat (1995)", 1995),
        ("Heat (1995) ", 1995),
        ("A series (1995-1999)", 1995),
        ("A series (1995\u2013)", 1995),
        ("(500) Days of Summer (2009)", 2009),
        ("Heat", None),
        ("1984", None),
    ],
)
def test_the_year_is_at_the_end_of_the_title(tmp_path: Path, title: str, year: int | None) -> None:
    root = _movielens(tmp_path, f"movieId,title,genres\r\n1,{title},Drama|Crime\r\n")
    assert read_movies(find_movies(root), {"0000001"}) == {"0000001": Movie(("Drama", "Crime"), year)}


@pytest.mark.parametrize("movies", ["title\r\nHeat\r\n", "movieId,title,genres\r\n1,\xff,Drama\r\n".encode("latin-1")])
def test_a_table_that_is_no_list_of_films_is_refused(tmp_path: Path, movies: str) -> None:
    with pytest.raises(DatasetError, match=r"ml-25m.zip(: .*, line 2, byte 3: 0xff| is damaged).*ownload"):
        read_movies(find_movies(_movielens(tmp_path, movies)), KNOWN)


def test_films_that_nobody_asks_for_are_not_kept(tmp_path: Path) -> None:
    write_movielens(tmp_path)
    wanted = {next(iter(KNOWN))}
    assert read_movies(find_movies(tmp_path), wanted).keys() == wanted
