"""Whether a quantised bundle may take the place of the float32 one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model_bundle import BundleSpec, Predictor
from training.datasets import Example
from training.evaluation.report import true_classes
from training.fitting.inference import Logits

MIN_AGREEMENT = 0.99
"""Of the labels. Of a few hundred examples, one or two lie so near the border that any rounding moves them."""
MAX_LOSS = 0.002
"""Of accuracy, as a share of all items."""
ROUNDING = 1e-9


@dataclass(frozen=True)
class Comparison:
    """A bundle's answers beside torch's, on the validation examples; the worst head counts."""

    agreement: float
    """Share of items with the same label."""
    accuracy_loss: float
    """torch's accuracy less the bundle's."""
    difference: float = 0.0
    """Largest difference between two logits."""

    @property
    def passes(self) -> bool:
        """Whether the bundle may ship."""
        return self.agreement >= MIN_AGREEMENT and self.accuracy_loss <= MAX_LOSS + ROUNDING


@dataclass(frozen=True)
class Trial:
    """What bundles are tried on: validation examples, and torch's logits for them."""

    examples: Sequence[Example]
    expected: Logits

    def compare(self, folder: Path, spec: BundleSpec) -> Comparison:
        """Return how the bundle in `folder` compares with torch."""
        actual = Predictor.open(folder).logits([example.item for example in self.examples])
        return compare(self.expected, actual, self.examples, {head.name: head.labels for head in spec.heads})


def compare(
    torch_logits: Logits, bundle_logits: Logits, examples: Sequence[Example], labels: Mapping[str, Sequence[str]]
) -> Comparison:
    """Compare logits float32 [examples, labels] by head."""
    agreements, losses, differences = [], [], []
    for head, names in labels.items():
        expected, actual = torch_logits[head].argmax(axis=1), bundle_logits[head].argmax(axis=1)
        truth = true_classes(examples, head, names)
        agreements.append(np.mean(expected == actual))
        losses.append(np.mean(expected == truth) - np.mean(actual == truth))
        differences.append(np.abs(torch_logits[head] - bundle_logits[head]).max())
    return Comparison(float(min(agreements)), float(max(losses)), float(max(differences)))
