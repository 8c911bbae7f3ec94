import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from model_bundle import Item
from training.datasets import DATASETS, Example, load_dataset
from training.errors import DatasetError

HEADER = "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,StartTime,EndTime\r\n"
UTTERANCES = [
    ("“Oh”, he\x92s lost it,\n all of it.", "sadness", "negative", 0, 0),
    ("What?", "surprise", "negative", 0, 1),
    ("We're going to the bank.", "neutral", "neutral", 1, 0),
]


def write_part(root: Path, part: str) -> None:
    (root / "MELD").mkdir(exist_ok=True)
    path = root / f"MELD/{part}_sent_emo.csv"
    with path.open("w", encoding="utf-8", newline="") as table:
        table.write(HEADER)
        writer = csv.writer(table)
        for number, (text, *labels, dialogue, utterance) in enumerate(UTTERANCES):
            writer.writerow([number, text, "Ross", *labels, dialogue, utterance, 4, 7, "00:20:57,256", "00:21:00,049"])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_part(tmp_path, "train")
    write_part(tmp_path, "dev")
    return tmp_path


def test_utterances_have_two_labels_and_their_dialogue(root: Path) -> None:
    assert load_dataset("meld", root, "validation") == [
        Example(
            "dev/0/0",
            Item("“Oh”, he\u2019s lost it,\n all of it."),
            {"sentiment": "negative", "emotion": "sadness"},
            "dev/0",
        ),
        Example("dev/0/1", Item("What?"), {"sentiment": "negative", "emotion": "surprise"}, "dev/0"),
        Example("dev/1/0", Item("We're going to the bank."), {"sentiment": "neutral", "emotion": "neutral"}, "dev/1"),
    ]


def test_all_is_what_is_there_and_dialogues_of_two_parts_are_apart(root: Path) -> None:
    groups = [example.group for example in load_dataset("meld", root, "all")]
    assert groups == ["train/0", "train/0", "train/1", "dev/0", "dev/0", "dev/1"]
    write_part(root, "test")
    assert [example.group for example in load_dataset("meld", root, "all")][6:] == ["test/0", "test/0", "test/1"]


def test_a_missing_part_is_told(root: Path) -> None:
    with pytest.raises(DatasetError, match=r"has no MELD/test_sent_emo.csv. Run `python -m training download meld`"):
        load_dataset("meld", root, "test")
    with pytest.raises(DatasetError, match=r"has no MELD. Run"):
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
