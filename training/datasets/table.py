"""One's own table: rows with a text, an image, a recording or a clip, and any labels.

A recipe names the table and its columns:

    data:
      dataset: table
      table:
        path: calls/calls.csv
        text: transcript
        audio: file
        media: calls/recordings.zip
        labels: {mood: mood}
        group: customer
"""

import sys
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from model_bundle import Item
from training.datasets.description import DatasetDescription
from training.datasets.example import Example
from training.datasets.media_files import media_files
from training.datasets.near_duplicates import words_of
from training.datasets.source import Source
from training.datasets.table_recipe import TableRecipe
from training.datasets.table_rows import Row, read_rows, text_of
from training.datasets.text_encoding import shortened
from training.errors import DatasetError

SPLITS = ("train", "validation", "test", "all", "unlabelled")
NAMES = {"training": "train", "dev": "validation", "val": "validation", "valid": "validation", "testing": "test"}
"""Split by what else it is often called."""
REMEDY = (
    "The data set `table` is described in a recipe, under data.table: path, labels, and columns of text, image, audio "
    "or video. `evaluate` takes that recipe with --recipe."
)
_MOST_NAMED = 5


def description_of(table: TableRecipe | None) -> DatasetDescription:
    """Return the data set that a recipe's table is; its labels are in the examples."""
    return DatasetDescription(
        name="table",
        splits=SPLITS,
        labels={},
        sources=partial(_sources, table),
        read=partial(_read, table),
        licence="The table is the user's own: its licence is not known here.",
        citation="None: the table is the user's own.",
        is_cached=False,
    )


def labels_in(examples: Sequence[Example]) -> dict[str, tuple[str, ...]]:
    """Return the labels of examples by head, in alphabetical order."""
    found: dict[str, set[str]] = {}
    for example in examples:
        for head, label in example.labels.items():
            found.setdefault(head, set()).add(label)
    return {head: tuple(sorted(labels)) for head, labels in found.items()}


def _sources(table: TableRecipe | None, root: Path, modalities: Collection[str]) -> list[Source]:
    if table is None:
        raise DatasetError(REMEDY)
    if table.modalities.isdisjoint(modalities):
        wanted, has = ", ".join(sorted(modalities)), ", ".join(sorted(table.modalities))
        raise DatasetError(f"data.table names no column of {wanted}; it has {has or 'none'}. Name one of what is read.")
    path = root / table.path
    if not path.is_file():
        raise DatasetError(f"There is no table {path}. data.table.path starts from the data root, --data-root.")
    if table.media_columns.keys().isdisjoint(modalities):
        return [Source(path)]
    media = root / table.media if table.media else path.parent
    if not media.exists():
        raise DatasetError(
            f"There is no folder or zip {media}. data.table.media starts from the data root, --data-root."
        )
    return [Source(path), Source(media)]


def _read(table: TableRecipe | None, sources: list[Source], split: str) -> list[Example]:
    if table is None:
        raise DatasetError(REMEDY)
    path = sources[0].path
    rows = [
        (place, row) for place, row in read_rows(path, set(table.columns())) if _is_in(table, path, place, row, split)
    ]
    if not rows:
        hint = "" if table.split else " It needs data.table.split, the column that says which rows are."
        raise DatasetError(f"{shortened(str(path))} has no rows of the split {split!r}.{hint}")
    files = _files(table, sources[1], [row for _, row in rows]) if len(sources) > 1 else {}
    return [_example(table, place, row, files) for place, row in rows]


def _is_in(table: TableRecipe, path: Path, place: str, row: Row, split: str) -> bool:
    is_labelled = any(text_of(row[column]) for column in table.labels.values())
    if split == "unlabelled" or not is_labelled:
        return split == "unlabelled" and not is_labelled
    return split in ("all", _split_of(table, path, place, row))


def _split_of(table: TableRecipe, path: Path, place: str, row: Row) -> str:
    if table.split is None:
        return "train"
    name = text_of(row[table.split]) or ""
    split = table.split_names.get(name, NAMES.get(name.lower(), name.lower()))
    if split not in ("train", "validation", "test"):
        raise DatasetError(
            f"{shortened(str(path))}, {place}: {name[:40]!r} is no split: train, validation or test. "
            "data.table.split_names says what others mean."
        )
    return split


def _example(table: TableRecipe, place: str, row: Row, files: Mapping[str, Path]) -> Example:
    text = text_of(row[table.text]) if table.text else None
    paths = {name: files.get(text_of(row[column]) or "") for name, column in table.media_columns.items()}
    image = paths.pop("image", None)
    labels = {head: label for head, column in table.labels.items() if (label := text_of(row[column]))}
    item = Item(text=text, image=image.read_bytes() if image else None, **_given(paths))
    return Example(place, item, labels, group=_group(table, place, row, text))


def _given(paths: Mapping[str, Path | None]) -> dict[str, Any]:
    return {name: path for name, path in paths.items() if path is not None}


def _group(table: TableRecipe, place: str, row: Row, text: str | None) -> str:
    group = text_of(row[table.group]) if table.group else None
    words = words_of(text) if text and not table.group else ""
    return group or (f"words/{words}" if words else place)


def _files(table: TableRecipe, media: Source, rows: Sequence[Row]) -> dict[str, Path]:
    """Return the file by cell; missing ones are counted on stderr. DatasetError where there is none."""
    cells = {cell for row in rows for column in table.media_columns.values() if (cell := text_of(row[column]))}
    found = _in_folder(media.path, cells) if media.path.is_dir() else _in_archive(media, cells)
    missing = sorted(cells - found.keys())
    if missing:
        named = ", ".join(name[:60] for name in missing[:_MOST_NAMED]) + (", …" if len(missing) > _MOST_NAMED else "")
        message = f"{media.path}: {len(missing)} of {len(cells)} files are missing: {named}."
        if not found:
            raise DatasetError(f"{message} The table's paths start from there; data.table.media names another place.")
        print(f"{message} Their rows keep the rest.", file=sys.stderr)
    return found


def _in_folder(folder: Path, cells: Collection[str]) -> dict[str, Path]:
    base = folder.resolve()
    paths = {cell: (base / cell).resolve() for cell in cells}
    outside = sorted(cell for cell, path in paths.items() if not path.is_relative_to(base))
    if outside:
        raise DatasetError(f"{outside[0][:100]!r} leads out of {folder}. The table's paths start from there.")
    return {cell: path for cell, path in paths.items() if path.is_file()}


def _in_archive(archive: Source, cells: Collection[str]) -> dict[str, Path]:
    """Return the files of an archive, whose names may start with the folder that it unpacks to."""

    def cell_of(name: str) -> str | None:
        return next((cell for cell in (name, name.partition("/")[2]) if cell in cells), None)

    # Everything is unpacked, so that another split, or a row more, finds it there.
    files = media_files(archive, lambda name: not name.endswith("/"), "all files")
    return {cell: path for name, path in files.items() if (cell := cell_of(name))}
