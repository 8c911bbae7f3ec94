"""CMU-MOSI (Zadeh et al. 2016, "MOSI: Multimodal Corpus of Sentiment Intensity"): clips of people who review films."""

import csv
import io
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from model_bundle import Item
from training.datasets.example import Example
from training.datasets.media_files import media_files
from training.datasets.source import Source, find_source
from training.datasets.text_encoding import decode_utf8, shortened
from training.errors import DatasetError

FOLDERS = ("mosi", "mosi.zip", "mosi_clips", "mosi_clips.zip", "MOSI", "MOSI.zip", "CMU_MOSI", "CMU_MOSI.zip")
PARTS = {"train": "train", "validation": "valid", "test": "test"}
"""By split, as in the column `mode`, where there is one."""
SPLITS = (*PARTS, "all")
LABELS = ("negative", "neutral", "positive")
REMEDY = (
    "Its authors give it out at http://multicomp.cs.cmu.edu/resources/cmu-mosi-dataset/; place mosi_clips.zip, or a "
    "folder mosi with labels.csv (video_id, clip_id, text, score) and clips/VIDEO_N.mp4 or "
    "Raw/Video/Segmented/VIDEO_N.mp4, there."
)
_TABLE = re.compile(r"(?:.*/)?labels?\.csv")
_CLIP = re.compile(r"(?:.*/)?(?:clips|Segmented)/(?P<video>.+)_(?P<clip>\d+)\.mp4")
_RAW_CLIP = re.compile(r"(?:.*/)?Raw/(?P<video>[^/]+)/(?P<clip>\d+)\.mp4")
_MOST_NAMED = 5

Row = Mapping[str, str]


def sources(root: Path, modalities: Collection[str]) -> list[Source]:
    """Return where the table is and, where sound or images are wanted, where the clips are."""
    source = find_source(root, FOLDERS, REMEDY)
    return [source] if {"audio", "video"}.isdisjoint(modalities) else [source, source]


def read(sources: list[Source], split: str) -> list[Example]:
    """Read the clips of a split in the table's order; a video, which is one speaker, is a group.

    Without a column `mode` all clips are `train`. Those whose file is missing keep their text; stderr counts them.
    """
    source, *clips = sources
    tables = dict(source.files(lambda name: _TABLE.fullmatch(name) is not None, "reading labels"))
    if not tables:
        raise DatasetError(f"{source.path} has no labels.csv. {REMEDY}")
    rows = [row for name, table in tables.items() for row in _rows(f"{source.path.parent / name}", table)]
    wanted = [row for row in rows if split == "all" or (row.get("mode") or "train") == PARTS[split]]
    if not wanted:
        raise DatasetError(f"{source.path}: its table has no clips of {split!r} in the column mode. {REMEDY}")
    files = _clips(clips[0]) if clips else {}
    if clips:
        _tell_of_missing(source, [row for row in wanted if _key(row) not in files], len(wanted))
    return [_example(row, files.get(_key(row))) for row in wanted]


def _rows(place: str, table: bytes) -> Iterator[Row]:
    rows = csv.DictReader(io.StringIO(decode_utf8(place, table), newline=""), strict=True)
    try:
        for row in rows:
            score = float(row["score"] if "score" in row else row["label"])
            yield {**row, "label": LABELS[(score > 0) - (score < 0) + 1], "text": row["text"].strip(), "key": _key(row)}
    except (csv.Error, KeyError, ValueError, TypeError, AttributeError) as error:
        where = f"{shortened(place)}, line {rows.line_num}"
        raise DatasetError(f"{where} has no video_id, clip_id, text and score that can be read ({error!r}).") from error


def _key(row: Row) -> str:
    # Some copies of the table write the number of a clip as 1, some as 1.0, some as 0001.
    return f"{row['video_id']}_{int(float(row['clip_id']))}"


def _clips(source: Source) -> dict[str, Path]:
    def match_of(name: str) -> re.Match[str] | None:
        return _CLIP.fullmatch(name) or _RAW_CLIP.fullmatch(name)

    files = media_files(source, lambda name: match_of(name) is not None, "MOSI's clips")
    found = ((match_of(name), path) for name, path in files.items())
    return {f"{match['video']}_{int(match['clip'])}": path for match, path in found if match}


def _example(row: Row, path: Path | None) -> Example:
    item = Item(text=row["text"] or None, video=path)
    return Example(row["key"], item, {"sentiment": row["label"]}, group=row["video_id"])


def _tell_of_missing(source: Source, missing: Collection[Row], of: int) -> None:
    if missing:
        named = ", ".join(row["key"] for row in list(missing)[:_MOST_NAMED])
        more = ", …" if len(missing) > _MOST_NAMED else ""
        print(f"{source.path}: {len(missing)} of {of} clips are missing: {named}{more}.", file=sys.stderr)
