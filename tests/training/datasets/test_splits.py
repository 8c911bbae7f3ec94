import pytest

from training.datasets import Example
from training.datasets.splits import grouped_folds, hold_out
from training.errors import DatasetError


def groups_of(examples: list[Example]) -> set[str]:
    return {example.group for example in examples}


def test_no_film_is_on_both_sides(examples: list[Example]) -> None:
    for rest, fold in grouped_folds(examples, 5, seed=0):
        assert not groups_of(rest) & groups_of(fold)
        assert len(rest) + len(fold) == len(examples)


def test_every_example_is_held_out_once(examples: list[Example]) -> None:
    held_out = [example.identifier for _, fold in grouped_folds(examples, 5, seed=0) for example in fold]
    assert sorted(held_out) == sorted(example.identifier for example in examples)


def test_folds_follow_the_seed_alone(examples: list[Example]) -> None:
    assert grouped_folds(examples, 3, seed=1) == grouped_folds(examples, 3, seed=1)
    assert grouped_folds(examples, 3, seed=1) != grouped_folds(examples, 3, seed=2)


@pytest.mark.parametrize(("fraction", "folds"), [(0.1, 10), (0.25, 4), (0.5, 2)])
def test_about_the_asked_fraction_is_held_out(examples: list[Example], fraction: float, folds: int) -> None:
    rest, held_out = hold_out(examples, fraction, seed=0)
    assert not groups_of(rest) & groups_of(held_out)
    assert len(held_out) / len(examples) == pytest.approx(fraction, abs=0.08)
    assert len(groups_of(held_out)) == pytest.approx(len(groups_of(examples)) / folds, abs=1)


@pytest.mark.parametrize("folds", [0, 1, 1000])
def test_a_number_of_folds_that_cannot_be_made_is_refused(examples: list[Example], folds: int) -> None:
    with pytest.raises(DatasetError, match=f"{folds} folds"):
        grouped_folds(examples, folds, seed=0)
