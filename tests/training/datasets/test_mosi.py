import zipfile
from pathlib import Path

import pytest

from model_bundle import Item
from training.datasets import Example, load_dataset
from training.errors import DatasetError

HEADER = "clip,video_id,clip_id,text,score,sentiment,duration_s"
ROWS = ["a_b_1.mp4,a_b,1,I LIKE IT,2.4,positive,2.1", "a_b_2.mp4,a_b,2,IT IS A FILM,0.0,neutral,1"]
OTHER = 'c_1.mp4,c,1,"OH, NO",-0.4,negative,3'
PUBLISHED = "video_id,clip_id,text,label,mode\na_b,1,I LIKE IT,2.4,train\na_b,2.0,,-1,valid\nc,0001,NO,-3,test\n"


def write_table(folder: Path, table: str, name: str = "labels.csv") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(table, encoding="utf-8")


def write_clip(folder: Path, name: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"mp4")
    return path


def test_clips_have_words_a_video_and_the_sign_of_their_score(tmp_path: Path) -> None:
    names = ["mosi/clips/a_b_1.mp4", "mosi/clips/a_b_2.mp4", "mosi/clips/c_1.mp4"]
    with zipfile.ZipFile(tmp_path / "mosi_clips.zip", "w") as archive:
        archive.writestr("mosi/labels.csv", "\n".join([HEADER, *ROWS, OTHER]))
        for name in names:
            archive.writestr(name, name)
    examples = load_dataset("mosi", tmp_path, "train")
    assert [(of.identifier, of.item.text, of.labels["sentiment"], of.group) for of in examples] == [
        ("a_b_1", "I LIKE IT", "positive", "a_b"),
        ("a_b_2", "IT IS A FILM", "neutral", "a_b"),
        ("c_1", "OH, NO", "negative", "c"),
    ]
    assert [of.item.video.read_text() for of in examples if isinstance(of.item.video, Path)] == names
    assert load_dataset("mosi", tmp_path, "all") == examples


@pytest.mark.parametrize(
    ("first", "last"),
    [("Raw/Video/Segmented/a_b_1.mp4", "Raw/Video/Segmented/c_1.mp4"), ("Raw/a_b/1.mp4", "Raw/c/1.mp4")],
)
def test_the_published_layouts_are_read(
    tmp_path: Path, first: str, last: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "MOSI"
    write_table(folder, PUBLISHED, "label.csv")
    path, _ = write_clip(folder, first), write_clip(folder, last)
    assert load_dataset("mosi", tmp_path, "train") == [
        Example("a_b_1", Item("I LIKE IT", video=path), {"sentiment": "positive"}, "a_b")
    ]
    assert "missing" not in capsys.readouterr().err
    assert load_dataset("mosi", tmp_path, "validation") == [Example("a_b_2", Item(), {"sentiment": "negative"}, "a_b")]
    assert "MOSI: 1 of 1 clips are missing: a_b_2." in capsys.readouterr().err


def test_words_alone_need_no_clips(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_table(tmp_path / "mosi", "\n".join([HEADER, *ROWS]))
    assert [of.item for of in load_dataset("mosi", tmp_path, "all", ["text"])] == [
        Item("I LIKE IT"),
        Item("IT IS A FILM"),
    ]
    assert "missing" not in capsys.readouterr().err


def test_a_split_that_the_table_does_not_have_is_told(tmp_path: Path) -> None:
    write_table(tmp_path / "mosi", "\n".join([HEADER, *ROWS]))
    with pytest.raises(DatasetError, match="has no clips of 'test' in the column mode"):
        load_dataset("mosi", tmp_path, "test")


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"has no mosi and .*place mosi_clips.zip"):
        load_dataset("mosi", tmp_path, "all")
    (tmp_path / "mosi").mkdir()
    with pytest.raises(DatasetError, match=r"mosi has no labels.csv"):
        load_dataset("mosi", tmp_path, "all")


@pytest.mark.parametrize("row", ["x,a_b,one,TEXT,1,positive,1", "x,a_b,1,TEXT,much,positive,1", "x,a_b"])
def test_a_damaged_row_is_told_with_its_line(tmp_path: Path, row: str) -> None:
    write_table(tmp_path / "mosi", "\n".join([HEADER, ROWS[0], row]))
    with pytest.raises(DatasetError, match=r"mosi/labels.csv, line 3 has no video_id, clip_id, text and score"):
        load_dataset("mosi", tmp_path, "all")
