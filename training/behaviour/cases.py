"""Tests to cases: the texts that a model is asked about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from training.behaviour.changes import CHANGES
from training.behaviour.sentences import Sentences
from training.behaviour.suite import BehaviourTest, Capability, Suite, Template, Vocabulary, Words
from training.errors import BehaviourError

_ATTEMPTS: Final = 200


@dataclass(frozen=True, slots=True)
class Case:
    """One text, or several that are compared."""

    capability: Capability
    test: BehaviourTest
    texts: tuple[str, ...]


def make_cases(suite: Suite, seed: int) -> list[Case]:
    """Return the cases of all capabilities, without repetition within a test; the same ones for the same seed."""
    return [
        Case(capability, test, texts)
        for capability in suite.capabilities
        for test in capability.tests
        for texts in _texts(test, suite.vocabulary, Random(f"{seed} {capability.name} {test.name}"))
    ]


def classes_of(vocabulary: Vocabulary, domain: str) -> Mapping[str, Words]:
    """Return the word classes that a case of a domain may use; BehaviourError for an unknown domain."""
    if domain not in vocabulary.domains:
        raise BehaviourError(
            f"There is no domain {domain!r} among the words; choose from {', '.join(vocabulary.domains)}."
        )
    return vocabulary.words | vocabulary.domains[domain]


def _texts(test: BehaviourTest, vocabulary: Vocabulary, random: Random) -> Iterator[tuple[str, ...]]:
    domains = test.domains or tuple(vocabulary.domains)
    seen: set[tuple[str, ...]] = set()
    for number in range(test.cases):
        for _ in range(_ATTEMPTS):
            classes = classes_of(vocabulary, random.choice(domains))
            texts = _case(test, number, classes, random)
            if texts not in seen and len(set(texts)) == len(texts):
                break
        else:
            raise BehaviourError(f"The words don't suffice for {test.cases} different cases of {test.name!r}.")
        seen.add(texts)
        yield texts


def _case(test: BehaviourTest, number: int, classes: Mapping[str, Words], random: Random) -> tuple[str, ...]:
    template: Template = test.templates[number % len(test.templates)]
    turn = number // len(test.templates)
    sentences = Sentences(classes, random)
    if isinstance(template, tuple):
        return tuple(map(sentences.fill, template))
    if test.over:
        terms = random.sample(_words(classes, test.over[turn % len(test.over)]), test.terms)
        return tuple(sentences.fill(template, term) for term in terms)
    text = sentences.fill(template)
    if test.changes:
        return (text, CHANGES[test.changes[turn % len(test.changes)]](text, random))
    return (text,)


def _words(classes: Mapping[str, Words], name: str) -> Words:
    if name not in classes:
        raise BehaviourError(f"A test runs over the words {name!r}, and there are none.")
    return classes[name]
