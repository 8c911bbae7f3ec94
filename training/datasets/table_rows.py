"""Rows of a table: CSV, JSON lines or Parquet."""

import csv
import io
import json
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from training.datasets.text_encoding import decode_utf8, shortened
from training.errors import DatasetError

Row = Mapping[str, Any]
Rows = Iterator[tuple[str, Row]]
"""Where a row stands, such as `line 3`, and its cells by column."""
_MOST_NAMED = 80
"""Characters of a list of columns."""


def read_rows(path: Path, columns: set[str]) -> Rows:
    """Yield the rows of a table, of these columns; a cell that JSON leaves out is None.

    DatasetError, in under 300 characters, where the table can't be read or no row has one of the columns.
    """
    read = READERS.get(path.suffix.lower())
    if read is None:
        raise DatasetError(f"{shortened(str(path))} is of no kind that can be read: {', '.join(READERS)}.")
    found: dict[str, None] = {}
    try:
        for place, row in read(path):
            found |= dict.fromkeys(row)
            if read is not _json_rows:  # whose rows may leave out what is absent
                _check_columns(path, found, columns)
            yield place, {column: _plain(path, place, column, row.get(column)) for column in columns}
    except OSError as error:
        raise DatasetError(f"{shortened(str(path))} can't be read ({error.strerror}).") from error
    _check_columns(path, found, columns)


def _check_columns(path: Path, found: Mapping[str, None], columns: set[str]) -> None:
    if found and not columns <= found.keys():
        missing = min(columns - found.keys())
        raise DatasetError(
            f"{shortened(str(path))} has no column {missing[:40]!r}, which the recipe names; it has {_named(found)}."
        )


def text_of(cell: object) -> str | None:
    """Return a cell as text; None where there is nothing in it. 1.0, as a float column has it, is 1."""
    if isinstance(cell, float):
        if math.isnan(cell):  # an empty cell in tables that pandas wrote
            return None
        cell = int(cell) if cell.is_integer() else cell
    text = "" if cell is None else str(cell).strip()
    # Half a surrogate pair, which JSON can spell, is no character and can't be written.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") or None


def _plain(path: Path, place: str, column: str, cell: object) -> object:
    if isinstance(cell, list | dict | bytes):
        raise DatasetError(
            f"{shortened(str(path))}, {place}: {column[:40]!r} holds a {type(cell).__name__}. "
            "Give one text or number, or the path of a file."
        )
    return cell


def _named(columns: Mapping[str, None]) -> str:
    names = ", ".join(str(column)[:20] for column in columns)
    return names if len(names) <= _MOST_NAMED else f"{names[:_MOST_NAMED]}…"


def _csv_rows(path: Path, delimiter: str = ",") -> Rows:
    text = decode_utf8(str(path), path.read_bytes())
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in rows:
            if None in row or None in row.values():
                raise csv.Error(f"it has not the {len(rows.fieldnames or [])} columns of the first line")
            yield f"line {rows.line_num}", row
    except csv.Error as error:
        where = f"{shortened(str(path))}, line {rows.line_num}"
        raise DatasetError(f"{where} is not as CSV is: {error}. Mend the line, or save the table again.") from error


def _tsv_rows(path: Path) -> Rows:
    return _csv_rows(path, "\t")


def _json_rows(path: Path) -> Rows:
    # Not splitlines: texts hold other characters that it takes for ends of lines.
    for number, line in enumerate(decode_utf8(str(path), path.read_bytes()).split("\n"), 1):
        if line.strip():
            yield f"line {number}", _object(path, number, line)


def _object(path: Path, number: int, line: str) -> Row:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        where = f"{shortened(str(path))}, line {number}"
        raise DatasetError(f"{where} is not JSON ({str(error)[:100]}). Write one object a line.") from None
    if not isinstance(values, dict):
        raise DatasetError(f"{shortened(str(path))}, line {number} is no JSON object. Write one object a line.")
    return values


def _parquet_rows(path: Path) -> Rows:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise DatasetError(
            f"{shortened(str(path))} needs pyarrow: `pip install pyarrow`, or save the table as CSV or JSON lines."
        ) from None
    try:
        with parquet.ParquetFile(path) as file:
            number = 0
            for batch in file.iter_batches():
                for row in batch.to_pylist():
                    number += 1
                    yield f"row {number}", row
    except ArrowException as error:
        raise DatasetError(f"{shortened(str(path))} is no Parquet file, or damaged ({str(error)[:100]}).") from error


READERS: dict[str, Callable[[Path], Rows]] = {
    ".csv": _csv_rows,
    ".tsv": _tsv_rows,
    ".jsonl": _json_rows,
    ".ndjson": _json_rows,
    ".parquet": _parquet_rows,
}
"""By the end of the file's name."""
