from pathlib import Path

from tests.training.datasets.test_imdb_revised import HEADER, write_rows
from training.datasets import load_dataset
from training.datasets.revised_sentences import revised_pairs

ORIGINAL = "The plot is thin and dull. I saw it on a Monday. Nothing in this film makes any sense at all!"
REVISED = "I saw it on a Monday! The plot is rich and vivid. An afternoon that I will never forget in my life."


def test_changed_sentences_are_paired_and_the_others_left_out() -> None:
    assert list(revised_pairs(ORIGINAL, REVISED)) == [("The plot is thin and dull.", "The plot is rich and vivid.")]
    assert not list(revised_pairs(ORIGINAL, ORIGINAL))


def test_both_halves_of_a_pair_have_their_own_label_and_one_group(tmp_path: Path) -> None:
    rows = [
        ["a", "dev", "train", "original", "negative", ORIGINAL],
        ["a", "dev", "train", "revised", "positive", REVISED],
        ["b", "dev", "train", "original", "negative", ORIGINAL],
    ]
    write_rows(tmp_path, [HEADER, *rows])
    examples = load_dataset("revised_sentences", tmp_path, "train")
    assert [(example.labels["sentiment"], example.item.text) for example in examples] == [
        ("negative", "The plot is thin and dull."),
        ("positive", "The plot is rich and vivid."),
        ("negative", ORIGINAL),
        ("positive", REVISED),
    ]
    assert {example.group for example in examples} == {"pair/a"}
