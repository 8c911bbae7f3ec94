"""Genres and release year to numbers."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from model_bundle.item import Item
from model_bundle.prediction import PredictionWarning
from model_bundle.readers.reader import Arrays, Reading, Stage, stack_rows
from model_bundle.spec import MetadataSpec

UNKNOWN_YEAR = 0


class MetadataReader:
    """Reads genres and year into `genres` uint8 [genres] (multi-hot) and `year` int64 [] (0: unknown).

    An item with neither is absent. One with just one of the two is present, and the graph itself flags
    the other as unknown.
    """

    stage: ClassVar[Stage] = "read"

    def __init__(self, genres: Sequence[str], aliases: Mapping[str, str]) -> None:
        self._genres = tuple(genres)
        columns = {genre.casefold(): column for column, genre in enumerate(genres)}
        self._columns = columns | {alias: columns[genre.casefold()] for alias, genre in aliases.items()}

    @classmethod
    def open(cls, spec: MetadataSpec) -> "MetadataReader":
        """Open the reader that a bundle describes."""
        return cls(spec.genres, spec.genre_aliases)

    def read(self, item: Item) -> Reading:
        """Look every genre up, case aside; a genre that the model doesn't know is left out, with a warning."""
        columns = {genre: self._columns.get(genre.strip().casefold()) for genre in item.genres}
        known = [column for column in columns.values() if column is not None]
        warnings = tuple(self._unknown_genre(genre) for genre, column in columns.items() if column is None)
        if not known and item.year is None:
            return Reading(None, warnings)
        genres = np.zeros(len(self._genres), np.uint8)
        genres[known] = 1
        year = np.array(UNKNOWN_YEAR if item.year is None else item.year, np.int64)
        return Reading({"genres": genres, "year": year}, warnings)

    def stack(self, arrays: Sequence[Arrays]) -> dict[str, NDArray[Any]]:
        """Stack the rows."""
        return stack_rows(arrays)

    def length(self, arrays: Arrays) -> int:  # noqa: ARG002  # the protocol's signature
        """Every item is the same size."""
        return 1

    def _unknown_genre(self, genre: str) -> PredictionWarning:
        known = ", ".join(self._genres)
        return PredictionWarning("genre_unknown", f"The genre {genre!r} is not one that the model knows ({known}).")
