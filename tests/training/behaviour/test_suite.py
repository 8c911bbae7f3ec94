from collections import Counter
from pathlib import Path

import pytest

from tests.training.behaviour.small_suite import VOCABULARY, WORDS, write_small_suite
from training.behaviour import load_suite
from training.behaviour.cases import classes_of
from training.behaviour.sentences import SLOT
from training.behaviour.suite import BehaviourTest, Capability, Suite
from training.errors import BehaviourError

SHIPPED = load_suite()
LEAST_CASES, LEAST_TEMPLATES, LEAST_WORDS = 50, 10, 100


def words_in_reach(test: BehaviourTest, suite: Suite) -> set[str]:
    """Every word that may stand in a slot of the test."""
    slots = {found["words"] for template in test.templates for found in SLOT.finditer(str(template))}
    classes = (slots - {"term"}) | set(test.over)
    domains = test.domains or tuple(suite.vocabulary.domains)
    known = [classes_of(suite.vocabulary, domain) for domain in domains]
    return {word for words in known for name in classes for word in words[name]}


@pytest.mark.parametrize("capability", SHIPPED.capabilities, ids=lambda capability: capability.name)
def test_a_capability_rests_on_many_cases_templates_and_words(capability: Capability) -> None:
    assert sum(test.cases for test in capability.tests) >= LEAST_CASES
    assert len({template for test in capability.tests for template in test.templates}) >= LEAST_TEMPLATES
    assert len(set.union(*(words_in_reach(test, SHIPPED) for test in capability.tests))) >= LEAST_WORDS


def test_names_are_told_apart() -> None:
    assert len({capability.name for capability in SHIPPED.capabilities}) == len(SHIPPED.capabilities)
    for capability in SHIPPED.capabilities:
        assert len({test.name for test in capability.tests}) == len(capability.tests)


def test_no_word_stands_twice_in_a_class() -> None:
    classes = [SHIPPED.vocabulary.words, *SHIPPED.vocabulary.domains.values()]
    repeated = {
        name: [word for word, count in Counter(words).items() if count > 1]
        for group in classes
        for name, words in group.items()
    }
    assert not any(repeated.values()), repeated


def test_no_word_is_both_praise_and_complaint() -> None:
    for domain in SHIPPED.vocabulary.domains.values():
        good = {*domain["praise"], *domain["short_praise"]}
        assert not good & {*domain["complaint"], *domain["short_complaint"]}


def test_the_fingerprint_follows_the_files(tmp_path: Path) -> None:
    first = load_suite(write_small_suite(tmp_path / "first"))
    same = load_suite(write_small_suite(tmp_path / "same"))
    other = load_suite(write_small_suite(tmp_path / "other", words=WORDS.replace("Ada", "Al")))
    assert first.fingerprint == same.fingerprint != other.fingerprint


TEST = "  - {name: x, cases: 2, "
WRONG = {
    "no yaml": ("name: [", "can't be read"),
    "no tests": ("name: x\nabout: y\ntests: []", "tests: Tuple should have at least 1 item"),
    "unknown key": (VOCABULARY + "speed: 1", "speed: Unexpected keyword argument"),
    "expectation of an invariance": (
        f'name: x\nabout: y\ntests:\n{TEST}kind: invariance, expected: [positive], templates: [["a", "b"]]}}',
        "`expected` goes with `minimum functionality`",
    ),
    "direction of nothing": (
        f'name: x\nabout: y\ntests:\n{TEST}kind: direction, templates: [["a", "b"]]}}',
        "`never` goes with `direction`",
    ),
    "nothing to compare": (
        f'name: x\nabout: y\ntests:\n{TEST}kind: invariance, templates: ["a"]}}',
        "invariance and direction compare texts",
    ),
    "terms of nothing": (
        f'name: x\nabout: y\ntests:\n{TEST}kind: invariance, terms: 2, templates: ["{{term}}"]}}',
        "`over` goes with at least 2 `terms`",
    ),
    "unknown change": (
        f'name: x\nabout: y\ntests:\n{TEST}kind: invariance, changes: [sung], templates: ["a"]}}',
        "unknown changes ['sung']; choose from lower case",
    ),
    "unknown label": (VOCABULARY.replace("positive", "happy"), "Input should be 'negative', 'neutral' or 'positive'"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_file_that_is_wrong_is_named(case: str, tmp_path: Path) -> None:
    content, message = WRONG[case]
    folder = write_small_suite(tmp_path / "suite", capabilities={"wrong": content})
    with pytest.raises(BehaviourError) as raised:
        load_suite(folder)
    assert "wrong.yaml" in str(raised.value)
    assert message in str(raised.value)


def test_a_folder_without_capabilities_is_told(tmp_path: Path) -> None:
    with pytest.raises(BehaviourError, match="has no capabilities"):
        load_suite(tmp_path)
