"""Several items, read by several modalities."""

from collections.abc import Sequence

from model_bundle.errors import ValenceError
from model_bundle.item import Item
from model_bundle.reader import ABSENT, ModalityReader, Reading
from model_bundle.stopwatch import Stopwatch

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
