"""IMDB reviews (Maas et al. 2011, "Learning Word Vectors for Sentiment Analysis"), with genre and year of the film."""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from model_bundle import Item
from training.datasets.example import Example
from training.datasets.movies import UNKNOWN_MOVIE, Movie, find_movies, read_movies
from training.datasets.source import Source, find_source
from training.errors import DatasetError

FOLDERS = ("aclImdb", "aclImdb_v1.tar.gz")
SPLITS = {"train": ("train",), "test": ("test",), "all": ("train", "test"), "unlabelled": ("train",)}
LABELS = {"neg": {"sentiment": "negative"}, "pos": {"sentiment": "positive"}, "unsup": {}}
RATINGS = {"neg": range(1, 5), "pos": range(7, 11), "unsup": range(1)}
REMEDY = "Run `python -m training download imdb`, or place the archive aclImdb_v1.tar.gz (or the folder aclImdb) there."
_REVIEW = re.compile(r"aclImdb/(?P<part>train|test)/(?P<folder>[^/]+)/(?P<id>\d+)_(?P<rating>\d+)\.txt$")
_URLS = re.compile(r"aclImdb/(?P<part>train|test)/urls_(?P<folder>[a-z]+)\.txt$")
_FILM = re.compile(r"/title/tt(\d+)/")

Files = dict[tuple[str, int, int], str]
"""Text by folder, id and rating."""


def sources(root: Path, modalities: Collection[str]) -> list[Source]:
    """Return what the data set is read from; DatasetError says what to place where."""
    reviews = find_source(root, FOLDERS, REMEDY)
    return [reviews, find_movies(root)] if "metadata" in modalities else [reviews]


def read(sources: list[Source], split: str) -> list[Example]:
    """Read the reviews of a split, in a fixed order: `all` is whatever is labelled, `unlabelled` is train/unsup."""
    reviews, *movies = sources
    folders = {"unsup"} if split == "unlabelled" else {"neg", "pos"}
    texts, urls = _read_files(reviews, SPLITS[split], folders)
    if not texts:
        raise DatasetError(f"{reviews.path} has no reviews of the split {split!r}. {REMEDY}")
    for part, files in texts.items():
        _check_folders(reviews, part, folders - {folder for folder, _, _ in files})
    films = read_movies(movies[0], _films_in(urls)) if movies else {}
    return [example for part in texts for example in _examples(reviews, part, texts[part], urls.get(part, {}), films)]


def _films_in(urls: Mapping[str, Mapping[str, list[str]]]) -> set[str]:
    lines = (line for part in urls.values() for of_folder in part.values() for line in of_folder)
    return {match[1] for line in lines if (match := _FILM.search(line))}


def _read_files(
    source: Source, parts: tuple[str, ...], folders: set[str]
) -> tuple[dict[str, Files], dict[str, dict[str, list[str]]]]:
    texts: dict[str, Files] = {}
    urls: dict[str, dict[str, list[str]]] = {}
    for name, content in source.files(lambda name: _is_wanted(name, parts, folders), "reading reviews"):
        text = _decode(source, name, content)
        if match := _REVIEW.search(name):
            key = (match["folder"], int(match["id"]), int(match["rating"]))
            texts.setdefault(match["part"], {})[key] = text
        elif match := _URLS.search(name):
            urls.setdefault(match["part"], {})[match["folder"]] = text.splitlines()
    return {part: texts[part] for part in sorted(texts, reverse=True)}, urls


def _is_wanted(name: str, parts: tuple[str, ...], folders: set[str]) -> bool:
    match = _REVIEW.search(name) or _URLS.search(name)
    # A folder of an unknown label is let through, for the check of labels to find.
    return match is not None and match["part"] in parts and match["folder"] not in LABELS.keys() - folders


def _check_folders(source: Source, part: str, missing: set[str]) -> None:
    if missing:
        raise DatasetError(f"{source.path} has no aclImdb/{part}/{min(missing)}: it is incomplete. {REMEDY}")


def _decode(source: Source, name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DatasetError(f"{source.path}: {name} is not UTF-8 ({error}). Download the archive again.") from error


def _examples(
    source: Source, part: str, texts: Files, urls: Mapping[str, list[str]], films: Mapping[str, Movie]
) -> Iterator[Example]:
    for folder, identifier, rating in sorted(texts):
        name = f"{part}/{folder}/{identifier}_{rating}"
        _check_label(source, name, folder, rating)
        film = _film_of(source, part, folder, identifier, urls)
        movie = films.get(film, UNKNOWN_MOVIE)
        item = Item(texts[folder, identifier, rating], movie.genres, movie.year)
        yield Example(name, item, LABELS[folder], group=film)


def _check_label(source: Source, name: str, folder: str, rating: int) -> None:
    if folder not in LABELS:
        raise DatasetError(f"{source.path}: aclImdb/{name}.txt has the unknown label {folder!r}; known: neg, pos.")
    if rating not in RATINGS[folder]:
        raise DatasetError(f"{source.path}: aclImdb/{name}.txt has the rating {rating}, which {folder!r} can't have.")


def _film_of(source: Source, part: str, folder: str, identifier: int, urls: Mapping[str, list[str]]) -> str:
    """Return the IMDb id of the film that a review is about: line `identifier`, from 0, of its urls file."""
    path = f"aclImdb/{part}/urls_{folder}.txt"
    if folder not in urls:
        raise DatasetError(f"{source.path} has no {path}, which says which film a review is about. {REMEDY}")
    lines = urls[folder]
    match = _FILM.search(lines[identifier]) if identifier < len(lines) else None
    if match is None:
        raise DatasetError(f"{source.path}: {path} has no film in line {identifier + 1}. {REMEDY}")
    return match[1]
