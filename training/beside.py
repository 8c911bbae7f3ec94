"""What a model learns from beside the data set that its recipe names: other data sets, and teachers."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from training.datasets import Example, load_dataset
from training.datasets.example import fingerprint
from training.encoders.trained import Ancestor, ancestors_of
from training.recipe import Recipe

Labels = Mapping[str, tuple[str, ...]]
"""By head."""


@dataclass(frozen=True)
class Beside:
    """Other data sets' examples, by NAME or NAME:SPLIT, and the checkpoints of teachers."""

    examples: Mapping[str, Sequence[Example]] = field(default_factory=dict)
    teachers: Sequence[Path] = ()
    validation: Sequence[Example] = ()
    """What early stopping and calibration see too."""

    def without(self, held_out: Collection[str]) -> "Beside":
        """Return this without the groups of `held_out`, for a model that is measured on them."""
        examples = {
            name: [example for example in part if example.group not in held_out] for name, part in self.examples.items()
        }
        validation = [example for example in self.validation if example.group not in held_out]
        return replace(self, examples=examples, validation=validation)

    def learnable(self, labels: Labels, held_out: Collection[str]) -> list[Example]:
        """Return the examples whose group is not held out, labelled as the heads answer."""
        examples = (example for part in self.examples.values() for example in part)
        return [_fitted(example, labels) for example in examples if example.group not in held_out]

    def ancestors(self, command: str) -> Iterator[Ancestor]:
        """Yield what all this says of the data behind a model that is trained by `command`."""
        for name, examples in self.examples.items():
            yield Ancestor(name.partition(":")[0], fingerprint(examples), command)
        for teacher in self.teachers:
            yield from ancestors_of(str(teacher))


def load_beside(recipe: Recipe, root: Path, teachers: Sequence[Path] = ()) -> Beside:
    """Return what the recipe learns from beside its own data set; DatasetError names file and remedy."""
    loaded = {name: _load(name, root, recipe) for name in recipe.data.beside}
    validation = [example for name in recipe.data.validation_beside for example in _load(name, root, recipe)]
    return Beside(loaded, teachers, validation)


def _load(name: str, root: Path, recipe: Recipe) -> list[Example]:
    dataset, _, split = name.partition(":")
    return load_dataset(dataset, root, split or "train", recipe.encoders)


def _fitted(example: Example, labels: Labels) -> Example:
    """Return the example with what counts for labels that the heads lack, such as neutral, shared out among theirs."""
    soft = {**example.soft_labels}
    for head, names in labels.items():
        own = soft.get(head) or ({example.labels[head]: 1.0} if head in example.labels else {})
        lacking = sum(share for name, share in own.items() if name not in names)
        if lacking:
            soft[head] = {name: own.get(name, 0.0) + lacking / len(names) for name in names}
    known = {head: label for head, label in example.labels.items() if label in labels.get(head, (label,))}
    return replace(example, labels=known, soft_labels=soft)
