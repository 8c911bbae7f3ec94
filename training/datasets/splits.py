"""Splits that keep groups together."""

from collections.abc import Sequence

from sklearn.model_selection import GroupKFold

from training.datasets.example import Example
from training.errors import DatasetError

Examples = list[Example]


def grouped_folds(examples: Sequence[Example], folds: int, seed: int) -> list[tuple[Examples, Examples]]:
    """Return (rest, fold) for each of `folds` folds; no group (film, speaker) is on both sides."""
    groups = [example.group for example in examples]
    if not 2 <= folds <= len(set(groups)):
        raise DatasetError(f"{folds} folds can't be made of {len(set(groups))} groups: at least 2, and one group each.")
    splitter = GroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    return [
        ([examples[row] for row in rest], [examples[row] for row in fold])
        for rest, fold in splitter.split(examples, groups=groups)
    ]


def hold_out(examples: Sequence[Example], fraction: float, seed: int) -> tuple[Examples, Examples]:
    """Return (rest, held out), about `fraction` of the examples held out by whole groups."""
    return grouped_folds(examples, max(2, round(1 / fraction)), seed)[0]
