"""Statements made by rule: what real texts have too little of, such as denied praise, plain facts and who people are.

A data set without a download. What it says lies beside this file, so that it can be compared with other lists of words:
`words.yaml`, and `templates.yaml` with the families of statements and how each is labelled.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from model_bundle import Item
from training.datasets.example import Example
from training.datasets.source import Source

FOLDER: Final = Path(__file__).parent
WORDS, TEMPLATES = FOLDER / "words.yaml", FOLDER / "templates.yaml"
LABELS = ("negative", "neutral", "positive")
SPLITS = ("train", "few", "all")
"""`few` is every third statement of `train`."""
SEED = 2017
_SLOT: Final = re.compile(r"\{(?P<article>[Aa] )?(?P<name>[A-Za-z_]+)(?P<other>\d?)\}")
_VOWELS: Final = tuple("aeiouAEIOU")


@dataclass(frozen=True)
class Family:
    """Statements that say the same kind of thing, and so have the same label."""

    name: str
    count: int
    shares: Mapping[str, float]
    """Share of the readers, by label, who would choose it."""
    templates: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """What stands in the slots of a template."""

    domains: Mapping[str, Mapping[str, Sequence[str]]]
    """Things, and the praise and complaints that suit them: a statement has its own from one domain."""
    words: Mapping[str, Sequence[str]]


def sources(_root: Path, _modalities: Collection[str]) -> list[Source]:
    """Return nothing: no file of the data root is read."""
    return []


def read(_sources: list[Source], split: str) -> list[Example]:
    """Make the statements, the same every time; those of one template are a group."""
    generator = np.random.default_rng(SEED)
    vocabulary = load_vocabulary()
    made = [example for family in load_families() for example in _statements(family, vocabulary, generator)]
    return made[::3] if split == "few" else made


def load_families() -> list[Family]:
    """Return the families of `templates.yaml`."""
    families: list[dict[str, Any]] = yaml.safe_load(TEMPLATES.read_text(encoding="utf-8"))["families"]
    return [Family(**values | {"templates": tuple(values["templates"])}) for values in families]


@cache
def load_vocabulary() -> Vocabulary:
    """Return the words of `words.yaml`."""
    return Vocabulary(**yaml.safe_load(WORDS.read_text(encoding="utf-8")))


def _statements(family: Family, vocabulary: Vocabulary, generator: np.random.Generator) -> Iterator[Example]:
    label = max(family.shares, key=lambda of: family.shares[of])
    soft = {"sentiment": dict(family.shares)} if len(family.shares) > 1 else {}
    seen = set()
    for number in range(family.count):
        template = number % len(family.templates)
        text = filled(family.templates[template], vocabulary, generator)
        if text not in seen:
            seen.add(text)
            group = f"{family.name}/{template}"
            yield Example(f"{family.name}/{number}", Item(text=text), {"sentiment": label}, group, soft)


def filled(template: str, vocabulary: Vocabulary, generator: np.random.Generator) -> str:
    """Return a template with words in its slots.

    `{Name}` starts with a capital, `{a name}` has its article, and `{A name}` both.
    """
    domain = vocabulary.domains[_one_of(generator, sorted(vocabulary.domains))]
    chosen: dict[str, str] = {}

    def fill(slot: re.Match[str]) -> str:
        name = slot["name"].lower()
        words = domain[name] if name in domain else vocabulary.words[name]
        free = [word for word in words if word not in chosen.values()] or words
        key = name + slot["other"]
        word = chosen.setdefault(key, str(_one_of(generator, free)))
        shown = _capitalised(word) if slot["name"][0].isupper() else word
        if not slot["article"]:
            return shown
        phrase = _with_article(shown)
        return _capitalised(phrase) if slot["article"] == "A " else phrase

    return _SLOT.sub(fill, template).strip()


def _with_article(word: str) -> str:
    if word.startswith(("a ", "an ")):
        return word
    return f"{'an' if word.startswith(_VOWELS) else 'a'} {word}"


def _capitalised(word: str) -> str:
    return word[:1].upper() + word[1:]


def _one_of(generator: np.random.Generator, choices: Sequence[str]) -> str:
    return choices[int(generator.integers(len(choices)))]
