import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from model_bundle import Item, Turn
from training.datasets import DATASETS, Example, load_dataset
from training.errors import DatasetError

HEADER = "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,StartTime,EndTime\r\n"
UTTERANCES = [
    ("“Oh”, he\x92s lost it,\n all of it.", "Ann", "sadness", "negative", 0, 0),
    ("What?", "Ben", "surprise", "negative", 0, 1),
    ("We're going to the bank.", "Ann", "neutral", "neutral", 1, 0),
]


def write_part(root: Path, part: str, utterances: Sequence[tuple[str, str, str, str, int, int]] = UTTERANCES) -> None:
    (root / "MELD").mkdir(exist_ok=True)
    path = root / f"MELD/{part}_sent_emo.csv"
    with path.open("w", encoding="utf-8", newline="") as table:
        table.write(HEADER)
        writer = csv.writer(table)
        for number, (text, *labels, dialogue, utterance) in enumerate(utterances):
            writer.writerow([number, text, *labels, dialogue, utterance, 4, 7, "00:20:57,256", "00:21:00,049"])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_part(tmp_path, "train")
    write_part(tmp_path, "dev")
    return tmp_path


def test_utterances_have_two_labels_and_their_dialogue(root: Path) -> None:
    assert load_dataset("meld", root, "validation") == [
        Example(
            "dev/0/0",
            Item("“Oh”, he\u2019s lost it,\n all of it.", speaker="Ann"),
            {"sentiment": "negative", "emotion": "sadness"},
            "dev/0",
        ),
        Example(
            "dev/0/1",
            Item("What?", speaker="Ben", context=(Turn("“Oh”, he\u2019s lost it,\n all of it.", "Ann"),)),
            {"sentiment": "negative", "emotion": "surprise"},
            "dev/0",
        ),
        Example(
            "dev/1/0",
            Item("We're going to the bank.", speaker="Ann"),
            {"sentiment": "neutral", "emotion": "neutral"},
            "dev/1",
        ),
    ]


def test_all_is_what_is_there_and_dialogues_of_two_parts_are_apart(root: Path) -> None:
    groups = [example.group for example in load_dataset("meld", root, "all")]
    assert groups == ["train/0", "train/0", "train/1", "dev/0", "dev/0", "dev/1"]
    write_part(root, "test")
    assert [example.group for example in load_dataset("meld", root, "all")][6:] == ["test/0", "test/0", "test/1"]


def test_a_missing_part_is_told(root: Path) -> None:
    with pytest.raises(DatasetError, match=r"has no MELD/test_sent_emo.csv. Run `python -m training download meld`"):
        load_dataset("meld", root, "test")
    with pytest.raises(DatasetError, match=r"has no MELD and no MELD.Raw. Run"):
        load_dataset("meld", root / "MELD", "train")


def _rewrite(old: str, new: str) -> Callable[[str], str]:
    def rewrite(content: str) -> str:
        assert old in content
        return content.replace(old, new, 1)

    return rewrite


DAMAGES = {
    "another column": (_rewrite("Sentiment", "Polarity"), r"train_sent_emo.csv is damaged .*'Sentiment'"),
    "a short row": (_rewrite(",surprise,negative,0,1,4,7", ""), r"train_sent_emo.csv, line 4: .* is no"),
    "an unknown sentiment": (_rewrite("surprise,negative", "surprise,mixed"), "line 4: 'mixed' is no sentiment"),
    "an unknown emotion": (_rewrite("surprise", "awe"), "line 4: 'awe' is no emotion that is known: anger, disgust"),
    "an open quotation": (lambda content: content + '"and', "train_sent_emo.csv is damaged"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_told_with_the_place(root: Path, damage: str) -> None:
    spoil, message = DAMAGES[damage]
    path = root / "MELD/train_sent_emo.csv"
    path.write_bytes(spoil(path.read_bytes().decode()).encode())
    with pytest.raises(DatasetError, match=message):
        load_dataset("meld", root, "train")


def test_the_heads_are_those_of_the_registry(root: Path) -> None:
    for example in load_dataset("meld", root, "train"):
        assert all(label in DATASETS["meld"].labels[head] for head, label in example.labels.items())


def test_an_utterance_comes_with_the_twenty_before_it(tmp_path: Path) -> None:
    said = [(f"Line {at}." if at != 22 else " ", "Ann" if at % 2 else "", "joy", "positive", 0, at) for at in range(24)]
    write_part(tmp_path, "train", said)
    examples = load_dataset("meld", tmp_path, "train", ["text"])
    assert [len(example.item.context) for example in examples] == [*range(21), 20, 20, 20]
    assert examples[-1].item.context == tuple(Turn(f"Line {at}.", "Ann" if at % 2 else None) for at in range(2, 22))
    assert examples[-2].item.text is None


def write_clip(root: Path, name: str, content: bytes = b"mp4") -> Path:
    path = root / "MELD" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_clips_are_found_by_dialogue_and_utterance(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = write_clip(root, "train_splits/dia0_utt0.mp4")
    last = write_clip(root, "MELD.Raw/train_splits/dia1_utt0.mp4")
    write_clip(root, "train_splits/dia0_utt1.mp4", b"")
    write_clip(root, "train_splits/._dia0_utt1.mp4")
    dev = write_clip(root, "dev_splits_complete/dia0_utt0.mp4")
    videos = [example.item.video for example in load_dataset("meld", root, "train")]
    assert videos == [first, None, last]
    assert capsys.readouterr().err.count("1 of 3 clips are corrupt: train/0/1. Their utterances keep their text") == 1
    assert [example.item.video for example in load_dataset("meld", root, "validation")] == [dev, None, None]
    assert "2 of 3 clips are missing: dev/0/1, dev/1/0. Their" in capsys.readouterr().err


def test_a_clip_that_is_known_to_be_corrupt_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_part(tmp_path, "train", [("Well.", "Ann", "neutral", "neutral", 125, 3)])
    write_clip(tmp_path, "train_splits/dia125_utt3.mp4")
    assert load_dataset("meld", tmp_path, "train")[0].item.video is None
    assert "clips are corrupt: train/125/3" in capsys.readouterr().err


def test_only_who_wants_clips_is_told_that_they_are_missing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_clip(root, "train_splits/dia0_utt0.mp4")
    assert all(example.item.video is None for example in load_dataset("meld", root, "train", ["text"]))
    assert "clip" not in capsys.readouterr().err
    load_dataset("meld", root, "all", ["text", "audio"])
    assert "5 of 6 clips are missing: train/0/1, train/1/0, dev/0/0, dev/0/1, dev/1/0. Their" in capsys.readouterr().err
