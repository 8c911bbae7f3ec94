"""How right a model is where it calls its answers unclear, and where it doesn't."""

from collections.abc import Iterator, Sequence

import numpy as np

from model_bundle.graphs.graph import calibrated_probabilities
from model_bundle.spec import Figure, Measurement
from training.datasets import Example
from training.evaluation.report import true_classes
from training.fitting.batches import UNLABELLED
from training.fitting.checkpoint import ModelDescription
from training.fitting.inference import Logits


def clarity_measurements(
    description: ModelDescription, logits: Logits, examples: Sequence[Example]
) -> Iterator[Measurement]:
    """Yield, for each head with a limit, share and accuracy of the validation examples on both sides of it."""
    for head, limit in description.recipe.unclear_below.items():
        labels = description.labels[head]
        classes = true_classes(examples, head, labels)
        labelled = classes != UNLABELLED
        probabilities = calibrated_probabilities(logits[head][labelled], description.temperatures[head])
        right = probabilities.argmax(axis=1) == classes[labelled]
        unclear = probabilities.max(axis=1) < limit
        values = {f"unclear (confidence below {limit:g}), share": float(np.mean(unclear))}
        values |= {
            f"accuracy, {name}": float(np.mean(right[part]))
            for name, part in (("unclear", unclear), ("clear", ~unclear))
            if part.any()
        }
        modalities = tuple(description.recipe.encoders)
        yield Measurement(
            dataset=description.recipe.data.dataset,
            split="validation, which stopped and calibrated the training",
            n=int(labelled.sum()),
            command=description.command,
            figures=tuple(
                Figure(head=head, name=name, modalities=modalities, value=value) for name, value in values.items()
            ),
        )
