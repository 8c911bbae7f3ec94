"""The suite as its files say it: words, and capabilities with their tests."""

from dataclasses import field
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

import yaml
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from pydantic.dataclasses import dataclass

from training.behaviour.changes import CHANGES
from training.errors import BehaviourError, in_one_line

DATA = Path(__file__).parent / "data"
WORDS_FILE, CAPABILITIES_FOLDER = "words.yaml", "capabilities"

Label = Literal["negative", "neutral", "positive"]
Words = tuple[str, ...]
Template = str | tuple[str, str]
"""A text with slots, or the text as it is and as it is after a change. `{thing}` takes a word of the class `thing`,
`{a thing}` with its article, `{A thing}` with a capital one, `{thing2}` another word of that class than `{thing}`,
`{thing|stretched}` a changed one."""
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class BehaviourTest:
    """One kind of sentences, and what must hold for each of them."""

    name: str
    kind: Literal["minimum functionality", "invariance", "direction"]
    """`minimum functionality`: the label is one of `expected`. `invariance`: the scores of a case's texts lie within
    `tolerance`. `direction`: the second text is not what `never` says by more than `tolerance`."""
    cases: Annotated[int, Field(gt=0)]
    templates: Annotated[tuple[Template, ...], Field(min_length=1)]
    expected: tuple[Label, ...] = ()
    never: Literal["more positive", "more negative"] | None = None
    tolerance: Annotated[float, Field(gt=0, lt=2)] = 0.1
    """On the scale of a score, P(positive) - P(negative), which runs from -1 to 1."""
    domains: Words = ()
    """Domains that fit the templates; all of them if empty."""
    changes: Words = ()
    """Names in `CHANGES`: each case has its text as it is and after one of them, in turn."""
    over: Words = ()
    """Word classes: each case has its text with several words of one of them, in turn, in the slot `term`."""
    terms: int = 0
    """How many words of `over` a case has."""

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        if (self.kind == "minimum functionality") != bool(self.expected):
            raise ValueError("`expected` goes with `minimum functionality`, and only with it")
        if (self.kind == "direction") != (self.never is not None):
            raise ValueError("`never` goes with `direction`, and only with it")
        if bool(self.over) != (self.terms > 1):
            raise ValueError("`over` goes with at least 2 `terms`, and only with them")
        unknown = set(self.changes) - CHANGES.keys()
        if unknown:
            raise ValueError(f"unknown changes {sorted(unknown)}; choose from {', '.join(CHANGES)}")
        pairs = {isinstance(template, tuple) or bool(self.changes) or bool(self.over) for template in self.templates}
        if pairs != {self.kind != "minimum functionality"}:
            raise ValueError("invariance and direction compare texts, and minimum functionality is about one")
        return self


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Capability:
    """What a model should be able to do, and the tests that show it."""

    name: str
    about: str
    """One sentence for a reader of the figures."""
    tests: Annotated[tuple[BehaviourTest, ...], Field(min_length=1)]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Vocabulary:
    """Words by class."""

    domains: dict[str, dict[str, Words]]
    """Classes of words that fit together, by domain. A case takes all of them from one domain."""
    words: dict[str, Words]
    """Classes that every domain shares."""


@dataclass(frozen=True, kw_only=True)
class Suite:
    """All capabilities with the words that fill their templates."""

    vocabulary: Vocabulary
    capabilities: tuple[Capability, ...]
    fingerprint: str = field(default="")
    """sha256 over the files: figures with different ones can't be compared."""


def load_suite(folder: Path = DATA) -> Suite:
    """Read a suite; BehaviourError names the file that is wrong, and how."""
    paths = sorted((folder / CAPABILITIES_FOLDER).glob("*.yaml"))
    if not paths:
        raise BehaviourError(f"{folder / CAPABILITIES_FOLDER} has no capabilities: it needs a YAML file for each.")
    vocabulary = _read(folder / WORDS_FILE, Vocabulary)
    capabilities = tuple(_read(path, Capability) for path in paths)
    digest = sha256(b"".join(path.read_bytes() for path in [folder / WORDS_FILE, *paths]))
    return Suite(vocabulary=vocabulary, capabilities=capabilities, fingerprint=digest.hexdigest())


def _read(path: Path, kind: type[T]) -> T:
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return TypeAdapter(kind).validate_python(content)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BehaviourError(f"{path} can't be read: {in_one_line(error)}.") from error
    except ValidationError as error:
        raise BehaviourError(f"{path} is not a valid part of a behaviour suite: {in_one_line(error)}.") from error
