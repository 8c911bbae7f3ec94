from pathlib import Path

import pytest

from model_bundle import Item
from training.datasets import Example
from training.datasets.example import fingerprint, read_examples, write_examples

EXAMPLES = [
    Example(
        "train/pos/0_9", Item("A \u2028line\x85 and\x0b 'more' \"quotes\"\n\r\n é", ("Drama", "Sci-Fi"), 1994), {}, "1"
    ),
    Example("train/neg/1_2", Item(None, (), None), {"sentiment": "negative"}, "2"),
    Example("train/pos/2_9", Item(""), {"sentiment": "positive", "emotion": "joy"}, "1"),
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
