import csv
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from model_bundle import Item
from training.datasets import Example, TableRecipe, load_dataset
from training.datasets.table import labels_in
from training.errors import DatasetError

ROWS: list[dict[str, Any]] = [
    {"words": "Quick, and kind.\u2028Yes", "mood": "glad", "file": "a.wav", "who": "Ann", "part": "train"},
    {"words": "Rude!", "mood": "cross", "file": "deep/b.wav", "who": "Ann", "part": "dev"},
    {"words": "", "mood": 3, "file": "c.wav", "who": "", "part": "TEST"},
    {"words": "No label", "mood": None, "file": None, "who": "Ben", "part": "train"},
]
TABLE = {"text": "words", "labels": {"mood": "mood"}, "group": "who", "split": "part"}


def write_csv(path: Path, rows: list[dict[str, Any]] = ROWS, delimiter: str = ",") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def write_json(path: Path, rows: list[dict[str, Any]] = ROWS) -> None:
    lines = [{name: value for name, value in row.items() if value is not None} for row in rows]
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n", encoding="utf-8")


def write_parquet(path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    rows = [row | {"mood": None if row["mood"] is None else str(row["mood"])} for row in ROWS]
    parquet.write_table(pyarrow.Table.from_pylist(rows), path)


WRITERS = {
    "a.csv": write_csv,
    "a.tsv": lambda path: write_csv(path, delimiter="\t"),
    "a.jsonl": write_json,
    "a.parquet": write_parquet,
}


def load(root: Path, split: str, modalities: tuple[str, ...] = ("text", "audio"), /, **table: Any) -> list[Example]:
    return load_dataset("table", root, split, modalities, TableRecipe(**{"path": "a.csv", **TABLE, **table}))


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_has_the_same_rows(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / name)
    examples = load(tmp_path, "all", path=name)
    assert [(example.item.text, example.labels, example.group) for example in examples[:2]] == [
        ("Quick, and kind.\u2028Yes", {"mood": "glad"}, "Ann"),
        ("Rude!", {"mood": "cross"}, "Ann"),
    ]
    assert (examples[2].item, examples[2].labels, examples[2].group) == (Item(), {"mood": "3"}, examples[2].identifier)
    assert len(examples) == 3
    assert labels_in(examples) == {"mood": ("3", "cross", "glad")}


def test_splits_are_those_of_the_column(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv")
    texts = {split: [of.item.text for of in load(tmp_path, split)] for split in ("train", "validation", "test")}
    assert texts == {"train": ["Quick, and kind.\u2028Yes"], "validation": ["Rude!"], "test": [None]}
    assert [of.item.text for of in load(tmp_path, "unlabelled")] == ["No label"]


def test_a_split_of_another_name_is_told_or_named(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", [row | {"part": "fold1"} for row in ROWS])
    with pytest.raises(DatasetError, match=r"a.csv, line 2: 'fold1' is no split: .*split_names"):
        load(tmp_path, "train")
    assert len(load(tmp_path, "test", split_names={"fold1": "test"})) == 3


def test_without_a_split_column_every_row_is_train(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv")
    assert load(tmp_path, "train", split=None) == load(tmp_path, "all", split=None)
    with pytest.raises(DatasetError, match=r"no rows of the split 'test'. It needs data.table.split"):
        load(tmp_path, "test", split=None)


def test_without_a_group_column_the_same_words_are_one_group(tmp_path: Path) -> None:
    texts = ("So it is.", "so, it is", "No.", "1", "2")
    write_csv(tmp_path / "a.csv", [{"words": text, "mood": "x"} for text in texts])
    groups = [example.group for example in load(tmp_path, "all", group=None, split=None)]
    assert groups[0] == groups[1]
    assert len(set(groups)) == 4


def test_media_lie_beside_the_table_in_a_folder_or_in_an_archive(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_csv(tmp_path / "a.csv")
    (tmp_path / "deep").mkdir()
    for name in ("a.wav", "deep/b.wav"):
        (tmp_path / name).write_bytes(name.encode())
    beside = load(tmp_path, "all", audio="file")
    assert [example.item.audio for example in beside] == [tmp_path / "a.wav", tmp_path / "deep/b.wav", None]
    assert "1 of 3 files are missing: c.wav. Their rows keep the rest." in capsys.readouterr().err
    with zipfile.ZipFile(tmp_path / "calls.zip", "w") as archive:
        for name in ("calls/a.wav", "calls/deep/b.wav"):
            archive.writestr(name, name)
    within = load(tmp_path, "all", audio="file", media="calls.zip")
    assert [of.item.audio.read_text() for of in within if isinstance(of.item.audio, Path)] == [
        "calls/a.wav",
        "calls/deep/b.wav",
    ]


def test_pictures_are_read_and_clips_are_paths(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files/a.wav").write_bytes(b"jpeg")
    write_csv(tmp_path / "a.csv", ROWS[:1])
    (example,) = load(tmp_path, "all", ("image", "video"), image="file", video="file", media="files")
    assert (example.item.image, example.item.video) == (b"jpeg", tmp_path / "files/a.wav")


def test_media_that_nobody_wants_may_be_absent(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv")
    assert len(load(tmp_path, "all", ("text",), audio="file", media="absent.zip")) == 3


def test_a_path_that_leads_outside_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.wav").write_bytes(b"x")
    (tmp_path / "data").mkdir()
    for name in ("../secret.wav", str(tmp_path / "secret.wav")):
        write_csv(tmp_path / "data/a.csv", [ROWS[0] | {"file": name}])
        with pytest.raises(DatasetError, match=r"secret.wav' leads out of"):
            load(tmp_path / "data", "all", audio="file")


FAULTS: dict[str, tuple[bytes, dict[str, Any], str]] = {
    "no table": (b"", {"path": "b.csv"}, r"There is no table .*b.csv. data.table.path starts from the data root"),
    "another kind": (b"x", {"path": "a.xlsx"}, r"a.xlsx is of no kind that can be read: .csv, .tsv, .jsonl"),
    "a missing column": (b"text;mood\nGood;glad\n", {}, r"a.csv has no column 'mood', .* it has text;mood."),
    "no rows": (b"words,mood,who,part\n", {}, r"a.csv has no rows of the split 'all'"),
    "a long row": (b"words,mood,who,part\na,b,c,train,e\n", {}, r"a.csv, line 2 is not as CSV is: .* 4 columns"),
    "a short row": (b"words,mood,who,part\n\na,b\n", {}, r"a.csv, line 3 is not as CSV is"),
    "an open quotation": (b'words,mood,who,part\n"a,b,c,d\n', {}, r"a.csv, line \d is not as CSV is: unexpected end"),
    "Windows-1252": (
        b"words,mood,who,part\n" + b"ok,glad,A,train\n" * 50_000 + b"caf\xe9,glad,A,train\n",
        {},
        r"a.csv, line 50002, byte 4: 0xe9 is not UTF-8. The file looks like Windows-1252 .*Save it as UTF-8",
    ),
    "no JSON": (b'{"words": "a"}\n{"words": \n', {"path": "a.jsonl"}, r"a.jsonl, line 2 is not JSON"),
    "no object": (b"[1]\n", {"path": "a.jsonl"}, r"a.jsonl, line 1 is no JSON object"),
    "a list": (b'{"mood": ["a", "b"]}\n', {"path": "a.jsonl"}, r"a.jsonl, line 1: 'mood' holds a list"),
    "deep JSON": (b"[" * 100_000, {"path": "a.jsonl"}, r"a.jsonl, line 1 is not JSON"),
    "a large number": (b'{"mood": ' + b"1" * 5_000 + b"}", {"path": "a.jsonl"}, r"a.jsonl, line 1 is not JSON"),
    "no files": (
        b"words,mood,who,part,file\na,b,c,train,x.wav\n",
        {"audio": "file"},
        r"1 of 1 files are missing: x.wav",
    ),
    "no media": (b"words,mood\n", {"audio": "file", "media": "b.zip"}, r"There is no folder or zip .*b.zip"),
    "no column of what is wanted": (
        b"words,mood\n",
        {"text": None, "image": "file"},
        r"no column of audio, text; it has",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_place_and_remedy_in_few_words(tmp_path: Path, fault: str) -> None:
    content, table, message = FAULTS[fault]
    path = tmp_path / ("a.csv" if fault == "no table" else table.get("path", "a.csv"))
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=message) as caught:
        load(tmp_path, "all", **table)
    assert len(str(caught.value)) < 300


def test_parquet_without_pyarrow_is_told_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(DatasetError, match=r"a.parquet needs pyarrow: `pip install pyarrow`, or save the table as CSV"):
        load(tmp_path, "all", path="a.parquet")


def test_a_damaged_parquet_file_is_told(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(DatasetError, match=r"a.parquet is no Parquet file, or damaged"):
        load(tmp_path, "all", path="a.parquet")


def test_half_a_surrogate_pair_becomes_a_replacement(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"words": "a \\ud83d", "mood": "x", "who": "A", "part": "train"}\n')
    assert load(tmp_path, "all", path="a.jsonl")[0].item.text == "a \ufffd"


def test_a_table_needs_its_recipe(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"described in a recipe, under data.table: .*--recipe"):
        load_dataset("table", tmp_path, "train")
