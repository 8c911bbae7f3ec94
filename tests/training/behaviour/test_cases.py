import re
from pathlib import Path

import pytest

from tests.training.behaviour.small_suite import VOCABULARY, write_small_suite
from training.behaviour import load_suite
from training.behaviour.cases import make_cases
from training.errors import BehaviourError

SHIPPED = load_suite()


def test_the_same_seed_makes_the_same_cases_and_another_one_others() -> None:
    first, again, other = (make_cases(SHIPPED, seed) for seed in (0, 0, 1))
    assert first == again
    assert len(first) == len(other)
    assert sum(one.texts != another.texts for one, another in zip(first, other, strict=True)) > 0.9 * len(first)


def test_every_test_has_its_cases_and_no_case_twice() -> None:
    cases = make_cases(SHIPPED, 0)
    for capability in SHIPPED.capabilities:
        for test in capability.tests:
            texts = [case.texts for case in cases if case.capability == capability and case.test == test]
            assert len(set(texts)) == len(texts) == test.cases


def test_sentences_read_as_sentences() -> None:
    for case in make_cases(SHIPPED, 0):
        assert len(set(case.texts)) == len(case.texts), case.texts
        for text in case.texts:
            assert not re.search(r"[{}|]|  |^\s|\s$|\b[Aa] [aeio]|\b[Aa]n [^aeiou\W]", text.casefold()), text


def test_every_case_of_terms_has_as_many_texts() -> None:
    cases = [case for case in make_cases(SHIPPED, 0) if case.test.over]
    assert cases
    assert all(len(case.texts) == case.test.terms for case in cases)


def test_every_class_of_terms_meets_every_template() -> None:
    (test,) = next(one for one in SHIPPED.capabilities if one.name == "identity terms").tests
    assert test.cases == len(test.templates) * len(test.over)


def test_too_few_words_are_told(tmp_path: Path) -> None:
    content = VOCABULARY.replace("cases: 2", "cases: 3")
    suite = load_suite(write_small_suite(tmp_path / "suite", capabilities={"vocabulary": content}))
    with pytest.raises(BehaviourError, match="don't suffice for 3 different cases of 'praise'"):
        make_cases(suite, 0)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("cases: 2", "domains: [food]\n    cases: 2", "no domain 'food' among the words; choose from shows"),
        ("{praise}", "{colour}", r"the slot \{colour\}"),
    ],
)
def test_words_that_do_not_exist_are_told(tmp_path: Path, old: str, new: str, message: str) -> None:
    content = VOCABULARY.replace(old, new)
    suite = load_suite(write_small_suite(tmp_path / "suite", capabilities={"vocabulary": content}))
    with pytest.raises(BehaviourError, match=message):
        make_cases(suite, 0)


def test_terms_that_do_not_exist_are_told(tmp_path: Path) -> None:
    test = '{name: x, kind: invariance, cases: 1, over: [age], terms: 2, templates: ["{term}"]}'
    content = f"name: x\nabout: y\ntests: [{test}]"
    suite = load_suite(write_small_suite(tmp_path / "suite", capabilities={"x": content}))
    with pytest.raises(BehaviourError, match="'age'"):
        make_cases(suite, 0)
