import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from training.datasets import Example, load_dataset
from training.datasets.statements import LABELS, Vocabulary, filled, load_families, load_vocabulary


@pytest.fixture(scope="module")
def statements() -> list[Example]:
    return load_dataset("statements", Path(), "train")


def test_the_statements_are_the_same_every_time(statements: list[Example]) -> None:
    assert load_dataset("statements", Path(), "train") == statements


def test_each_family_has_at_least_half_of_what_it_asks_for(statements: list[Example]) -> None:
    found = Counter(example.identifier.partition("/")[0] for example in statements)
    for family in load_families():
        assert family.count / 3 <= found[family.name] <= family.count, family.name


def test_labels_and_shares_agree(statements: list[Example]) -> None:
    for example in statements:
        soft = example.soft_labels.get("sentiment", {})
        assert not soft or example.labels["sentiment"] == max(soft, key=lambda label: soft[label])
    assert {example.labels["sentiment"] for example in statements} == set(LABELS)
    assert all(sum(family.shares.values()) == pytest.approx(1) for family in load_families())


def test_one_template_is_one_group(statements: list[Example]) -> None:
    templates = sum(len(family.templates) for family in load_families())
    assert len({example.group for example in statements}) == templates


def test_every_slot_is_filled(statements: list[Example]) -> None:
    assert not [example.item.text for example in statements if re.search(r"[{}]", example.item.text or "")]


def test_no_statement_has_two_labels(statements: list[Example]) -> None:
    labels: dict[str, set[str]] = {}
    for example in statements:
        labels.setdefault((example.item.text or "").lower(), set()).add(example.labels["sentiment"])
    assert not [text for text, found in labels.items() if len(found) > 1]


def test_words_are_distinct_and_of_one_domain() -> None:
    vocabulary = Vocabulary(
        domains={"a": {"thing": ["egg"], "praise": ["good", "odd"]}, "b": {"thing": ["bus"], "praise": ["new", "red"]}},
        words={"day": ["today"]},
    )
    generator = np.random.default_rng(0)
    found = {filled("{A thing} is {praise} and {praise2} {day}", vocabulary, generator) for _ in range(50)}
    assert found == {
        f"{thing} is {first} and {second} today"
        for thing, words in (("An egg", ("good", "odd")), ("A bus", ("new", "red")))
        for first, second in (words, words[::-1])
    }


def test_praise_and_complaints_have_nothing_in_common() -> None:
    for domain in load_vocabulary().domains.values():
        assert not set(domain["praise"]) & set(domain["complaint"])
