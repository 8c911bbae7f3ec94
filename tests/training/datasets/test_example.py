import hashlib
from pathlib import Path

import pytest

from model_bundle import Item, Turn
from training.datasets import Example
from training.datasets.example import fingerprint, read_examples, write_examples

EXAMPLES = [
    Example(
        "train/pos/0_9", Item("A \u2028line\x85 and\x0b 'more' \"quotes\"\n\r\n é", ("Drama", "Sci-Fi"), 1994), {}, "1"
    ),
    Example("train/neg/1_2", Item(None, (), None), {"sentiment": "negative"}, "2"),
    Example("train/pos/2_9", Item(""), {"sentiment": "positive", "emotion": "joy"}, "1"),
    Example("post", Item("A \u00e9.", image=bytes(range(256))), {"sentiment": "positive"}, "3"),
    Example("picture", Item(image=b""), {}, "4"),
    Example("clip", Item("No.", audio=Path("a.wav"), video=Path("/b/ü.mp4"), speaker="Ann"), {}, "5"),
    Example("turn", Item("No.", context=(Turn("What?", "Ben"), Turn("So?"))), {}, "5", {"emotion": {"joy": 0.7}}),
]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "deep/examples.jsonl"
    write_examples(path, EXAMPLES)
    assert read_examples(path) == EXAMPLES
    assert [file.name for file in path.parent.iterdir()] == ["examples.jsonl"]


def test_nothing_is_read_from_nothing(tmp_path: Path) -> None:
    write_examples(tmp_path / "none.jsonl", [])
    assert read_examples(tmp_path / "none.jsonl") == []


def test_a_cut_line_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "examples.jsonl"
    write_examples(path, EXAMPLES)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="ends within a line"):
        read_examples(path)


def test_the_fingerprint_is_that_of_content_and_order() -> None:
    assert fingerprint(EXAMPLES) == fingerprint(list(EXAMPLES))
    assert len({fingerprint(EXAMPLES), fingerprint(EXAMPLES[::-1]), fingerprint(EXAMPLES[:2]), fingerprint([])}) == 4


def test_a_picture_changes_the_fingerprint() -> None:
    pictures = (None, b"", b"a", b"b")
    assert len({fingerprint([Example("0", Item("Text.", image=image), {}, "0")]) for image in pictures}) == 4


def test_without_pictures_the_fingerprint_is_that_of_the_models_before_there_were_any() -> None:
    line = (
        '{"identifier": "0", "item": {"text": "\u00e9", "genres": ["Drama"], "year": null}, '
        '"labels": {"sentiment": "positive"}, "group": "1"}'
    )
    examples = [Example("0", Item("\u00e9", ("Drama",)), {"sentiment": "positive"}, "1")]
    assert fingerprint(examples) == hashlib.sha256(line.encode()).hexdigest()


def test_a_picture_that_is_no_base64_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "examples.jsonl"
    write_examples(path, [Example("0", Item(image=b"abc"), {}, "0")])
    path.write_text(path.read_text(encoding="utf-8").replace("YWJj", "Y?!="), encoding="utf-8")
    with pytest.raises(ValueError, match="base64"):
        read_examples(path)


def test_the_fingerprint_without_newer_fields_stays_as_it_was_stored() -> None:
    examples = [
        Example("train/1", Item("Good “film”.", ("Drama",), 1994), {"sentiment": "positive"}, "0111"),
        Example("2", Item(image=b"\xff\xd8picture"), {}, "g"),
    ]
    assert fingerprint(examples) == "f3d4629811d232797b0e823847b6dfe0ff6935b493ab03216b5d10af786ae3e4"


def test_each_newer_field_changes_the_fingerprint() -> None:
    items = [
        Item("Text."),
        Item("Text.", audio=Path("a")),
        Item("Text.", video=Path("a")),
        Item("Text.", speaker="a"),
        Item("Text.", context=(Turn("a"),)),
        Item("Text.", context=(Turn("a", "a"),)),
    ]
    examples = [Example("0", item, {}, "0") for item in items]
    examples.append(Example("0", Item("Text."), {}, "0", {"sentiment": {"positive": 1.0}}))
    assert len({fingerprint([example]) for example in examples}) == len(examples)


def test_a_medium_in_memory_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="the audio of 0 is in memory"):
        write_examples(tmp_path / "examples.jsonl", [Example("0", Item(audio=b"RIFF"), {}, "0")])
