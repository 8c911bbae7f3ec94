"""What a model may learn from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from model_bundle.readers.reader import Reading
from training.datasets import Example


@dataclass(frozen=True)
class Material:
    """The training part of a data set, and what comes without labels. Nothing of a held-out part is in it."""

    examples: Sequence[Example]
    unlabelled: Sequence[Example] = ()
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By head."""
    readings: Mapping[str, Sequence[Reading]] = field(default_factory=dict)
    """The examples as each modality's reader reads them, once that is known."""
