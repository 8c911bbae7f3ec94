"""What a modality must be able to do: read an item into arrays, and stack several items' arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from model_bundle.errors import ValenceError
from model_bundle.item import Item
from model_bundle.prediction import PredictionWarning


class Stopwatch:
    """Measures consecutive stages, and parts of them."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = {}
        """By stage."""
        self.parts: dict[str, float] = {}
        """By part, of those that were named."""
        self._started = perf_counter()

    def lap(self, stage: str, part: str | None = None) -> None:
        """Book the time since the last lap under `stage`, and under `part` of it too."""
        now = perf_counter()
        spent = (now - self._started) * 1000
        self.milliseconds[stage] = round(self.milliseconds.get(stage, 0.0) + spent, 3)
        if part is not None:
            self.parts[part] = round(spent, 3)
        self._started = now


Arrays = Mapping[str, NDArray[Any]]
"""A graph's inputs by name."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One item as one modality sees it."""

    arrays: Arrays | None
    """One item's arrays, without the batch axis; None where the item lacks this modality."""
    warnings: tuple[PredictionWarning, ...] = ()


ABSENT = Reading(None)

Stage = Literal["read", "decode"]
"""What the time that reading takes is booked under: `decode` where a file is decoded."""


class ModalityReader(Protocol):
    """Turns items into one encoder's inputs. The same reader serves training and prediction."""

    stage: ClassVar[Stage]

    def read(self, item: Item) -> Reading:
        """Read one item; a ValenceError says why what it has can't be read."""

    def stack(self, arrays: Sequence[Arrays]) -> dict[str, NDArray[Any]]:
        """Stack several items' arrays along a new batch axis, padded where they differ in length."""

    def length(self, arrays: Arrays) -> int:
        """How much padding an item needs beside others: items of similar length are run together."""


def stack_rows(arrays: Sequence[Arrays]) -> dict[str, NDArray[Any]]:
    """Stack arrays that all have the same shape."""
    return {name: np.stack([row[name] for row in arrays]) for name in arrays[0]}


Readings = Sequence[Reading]
"""One item as each modality sees it, in the bundle's order."""


def read_items(
    readers: Sequence[ModalityReader], items: Sequence[Item], stopwatch: Stopwatch
) -> list[Readings | ValenceError]:
    """Read every item; one that can't be read is an error in its place. Decoding and other reading are timed apart."""
    columns = []
    for reader in readers:
        columns.append([_read(reader, item) for item in items])
        stopwatch.lap(reader.stage if any(outcome != ABSENT for outcome in columns[-1]) else "read")
    return [_readings_or_error(outcomes) for outcomes in zip(*columns, strict=True)]


def _read(reader: ModalityReader, item: Item) -> Reading | ValenceError:
    try:
        return reader.read(item)
    except ValenceError as error:
        return error


def _readings_or_error(outcomes: Sequence[Reading | ValenceError]) -> Readings | ValenceError:
    readings = []
    for outcome in outcomes:
        if isinstance(outcome, ValenceError):
            return outcome
        readings.append(outcome)
    return readings
