"""Words and templates that models learn from stay out of the suite, or its figures would say nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from training import datasets
from training.behaviour import load_suite
from training.behaviour.sentences import SLOT

TRAINING_TEXTS: Final = Path(datasets.__file__).parent
"""Every YAML and text file below this folder, if there is one, holds words and templates that are learned from."""
CLOSED_CLASSES: Final = frozenset({"year", "month", "weekday", "hour", "count", "colour", "material"})
"""Classes of which a language has no others to choose from."""
SUITE: Final = load_suite()


def strings_of(value: Any) -> Iterator[str]:
    """Every string in nested lists and mappings, the keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings_of(list(value.values()))
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from strings_of(entry)


def learned_texts(folder: Path) -> set[str]:
    """What stands in the word lists and templates of a folder, as `plain` writes it."""
    found: set[str] = set()
    for path in folder.rglob("*"):
        if path.suffix in {".yaml", ".yml"}:
            found.update(map(plain, strings_of(yaml.safe_load(path.read_text(encoding="utf-8")))))
        elif path.suffix == ".txt":
            found.update(map(plain, path.read_text(encoding="utf-8").splitlines()))
    return found


def plain(text: str) -> str:
    """Without case, the names of slots, and punctuation, unless there is nothing else."""
    folded = SLOT.sub("_", text).casefold()
    bare = " ".join("".join(letter for letter in folded if letter not in ".,;:!?\"'").split())
    return bare if len(bare) > 1 and any(letter.isalpha() for letter in bare) else folded.strip()


def shared(folder: Path) -> set[str]:
    """What the suite has in common with a folder's texts."""
    vocabulary = SUITE.vocabulary
    groups = [vocabulary.words, *vocabulary.domains.values()]
    words = {word for group in groups for name, own in group.items() if name not in CLOSED_CLASSES for word in own}
    tests = [test for capability in SUITE.capabilities for test in capability.tests]
    templates = {template for test in tests for template in strings_of(test.templates)}
    return learned_texts(folder) & set(map(plain, words | templates))


def test_the_suite_shares_no_word_and_no_template_with_training() -> None:
    common = shared(TRAINING_TEXTS)
    assert not common, f"take these out of training/behaviour/data or of {TRAINING_TEXTS}: {sorted(common)}"


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("words.yaml", "names: {women: [Ada, Imogen]}", {"imogen"}),
        ("deep/words.txt", "nothing\nclunky\n", {"clunky"}),
        ("templates.yaml", "- The {noun} was {adjective}.", {"the _ was _"}),
        ("months.yaml", "[May, Monday, green]", set()),
    ],
)
def test_what_is_shared_is_found(tmp_path: Path, name: str, content: str, found: set[str]) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert shared(tmp_path) == found


def test_no_training_texts_share_nothing(tmp_path: Path) -> None:
    assert shared(tmp_path) == set()
