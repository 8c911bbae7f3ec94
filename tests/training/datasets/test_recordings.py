import zipfile
from pathlib import Path

import pytest

from model_bundle import Item
from training.datasets import Example, load_dataset
from training.errors import DatasetError

RAVDESS = ["Actor_01/03-01-02-01-01-01-01", "Actor_01/03-01-08-02-02-02-01", "Actor_12/03-01-05-01-02-01-12"]
VOICES = [
    "EMO-DB/03a01Fa.opus",
    "EMO-DB/03a01La.opus",
    "EMO-DB/08b02Wc.opus",
    "EMO-DB/cut2s/08a01Ab.opus",
    "EMO-DB/cut2s/08a01Lb.opus",
    "nEMO/SB0_happiness_12.opus",
    "nEMO/EB0_surprised_3.opus",
    "README.md",
]


def write_zip(path: Path, names: list[str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, name.encode())


def audio_of(example: Example) -> Path:
    assert isinstance(example.item.audio, Path)
    return example.item.audio


@pytest.mark.parametrize("ending", ["wav", "flac", "opus"])
@pytest.mark.parametrize("archive", ["ravdess_speech.zip", "Audio_Speech_Actors_01-24.zip"])
def test_ravdess_is_read_in_every_format(tmp_path: Path, archive: str, ending: str) -> None:
    folder = "ravdess/" if archive == "ravdess_speech.zip" else ""
    others = ["Actor_01/03-02-02-01-01-01-01", "Actor_01/01-01-02-01-01-01-01"]  # a song, a clip
    write_zip(tmp_path / archive, [f"{folder}{name}.{ending}" for name in [*reversed(RAVDESS), *others]])
    examples = load_dataset("ravdess", tmp_path, "all")
    assert [(example.identifier, example.labels, example.group) for example in examples] == [
        (RAVDESS[0], {"emotion": "neutral", "sentiment": "neutral"}, "ravdess/01"),
        (RAVDESS[1], {"emotion": "surprise"}, "ravdess/01"),
        (RAVDESS[2], {"emotion": "anger", "sentiment": "negative"}, "ravdess/12"),
    ]
    assert audio_of(examples[0]).read_bytes() == f"{folder}{RAVDESS[0]}.{ending}".encode()
    assert load_dataset("ravdess", tmp_path, "train") == examples


def test_a_folder_is_read_where_it_lies(tmp_path: Path) -> None:
    path = tmp_path / f"ravdess/{RAVDESS[2]}.wav"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"RIFF")
    labels = {"emotion": "anger", "sentiment": "negative"}
    assert load_dataset("ravdess", tmp_path, "all") == [Example(RAVDESS[2], Item(audio=path), labels, "ravdess/12")]


def test_two_corpora_are_read_from_one_archive(tmp_path: Path) -> None:
    write_zip(tmp_path / "voices.zip", VOICES)
    german, polish = (load_dataset(name, tmp_path, "all") for name in ("emodb", "nemo"))
    assert [(example.identifier, example.labels["emotion"], example.group) for example in german] == [
        ("03a01Fa", "joy", "emodb/03"),
        ("08b02Wc", "anger", "emodb/08"),
    ]
    assert [(example.identifier, example.labels["emotion"], example.group) for example in polish] == [
        ("EB0_surprised_3", "surprise", "nemo/EB0"),
        ("SB0_happiness_12", "joy", "nemo/SB0"),
    ]
    assert audio_of(polish[0]).read_bytes() == b"nEMO/EB0_surprised_3.opus"


def test_cut_recordings_are_a_split_of_their_own(tmp_path: Path) -> None:
    write_zip(tmp_path / "voices.zip", VOICES)
    assert [example.identifier for example in load_dataset("emodb", tmp_path, "cut")] == ["08a01Ab"]


def test_the_published_layout_of_emodb_is_read(tmp_path: Path) -> None:
    write_zip(tmp_path / "emodb.zip", ["wav/16b10Tb.wav", "lablaut/16b10Tb.lablaut"])
    assert [example.labels["emotion"] for example in load_dataset("emodb", tmp_path, "train")] == ["sadness"]


def test_a_recording_that_is_there_twice_is_read_once(tmp_path: Path) -> None:
    write_zip(tmp_path / "ravdess.zip", [f"{folder}{RAVDESS[0]}.wav" for folder in ("", "audio_speech/")])
    assert [example.identifier for example in load_dataset("ravdess", tmp_path, "all")] == RAVDESS[:1]


def test_what_is_missing_is_told_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"has no ravdess and .*zenodo.org/records/1188976; place Audio_Speech"):
        load_dataset("ravdess", tmp_path, "all")
    write_zip(tmp_path / "voices.zip", ["EMO-DB/readme.txt"])
    for name in ("emodb", "nemo"):
        with pytest.raises(DatasetError, match=rf"voices.zip has no recordings of {name}. It is at"):
            load_dataset(name, tmp_path, "all")


def test_an_unknown_emotion_is_told_with_the_file(tmp_path: Path) -> None:
    write_zip(tmp_path / "ravdess.zip", ["ravdess/Actor_01/03-01-09-01-01-01-01.wav"])
    with pytest.raises(DatasetError, match=r"the emotion in ravdess/Actor_01/03-01-09.* is unknown; known: 01, 02"):
        load_dataset("ravdess", tmp_path, "all")
