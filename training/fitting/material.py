"""What a model may learn from."""

from collections.abc import Sequence
from dataclasses import dataclass

from training.datasets import Example


@dataclass(frozen=True)
class Material:
    """The training part of a data set, and what comes without labels. Nothing of a held-out part is in it."""

    examples: Sequence[Example]
    unlabelled: Sequence[Example] = ()
