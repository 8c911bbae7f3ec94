"""From examples to a trained, calibrated model."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from training.beside import Beside
from training.commands.arguments import invoked_command
from training.datasets import Example, describe_dataset, load_dataset
from training.datasets.example import fingerprint
from training.datasets.poor_data import warn_of_poor_data
from training.datasets.splits import hold_out
from training.datasets.table import labels_in
from training.encoders.ngram_regression import add_regression
from training.encoders.trained import Ancestor, ancestors_of
from training.errors import RecipeError
from training.fitting.assembly import build_model, build_readers
from training.fitting.batches import FeatureSet
from training.fitting.calibration import fit_temperature
from training.fitting.checkpoint import ModelDescription, save_checkpoint
from training.fitting.history import Epoch
from training.fitting.inference import predict_logits
from training.fitting.loop import BEST, LAST, Trainer
from training.fitting.material import Material
from training.fitting.model import MultimodalModel
from training.fitting.random_state import seed_everything
from training.recipe import Recipe
from training.teachers import taught

ALONE = Beside()


@dataclass(frozen=True)
class Fitted:
    """A trained model, and the part of the data that predicted it on the way."""

    description: ModelDescription
    model: MultimodalModel
    validation: FeatureSet
    history: list[Epoch]


def load_training_data(recipe: Recipe, root: Path) -> tuple[list[Example], list[Example]]:
    """Return the labelled training split and, where the recipe learns from them, the unlabelled examples."""
    data = recipe.data
    examples = load_dataset(data.dataset, root, "train", recipe.encoders, data.table)
    warn_of_poor_data(examples, recipe.heads, recipe.encoders)
    if not data.use_unlabelled:
        return examples, []
    return examples, load_dataset(data.dataset, root, "unlabelled", recipe.encoders, data.table)


def fit(
    recipe: Recipe,
    examples: Sequence[Example],
    unlabelled: Sequence[Example],
    folder: Path,
    device: torch.device,
    resume: bool = False,
    beside: Beside = ALONE,
) -> Fitted:
    """Train `recipe` on `examples`, hold out its validation fraction by groups, and fit the temperatures on that.

    Leaves `best.pt`, calibrated, in `folder`. With `resume`, goes on from `last.pt` there.
    """
    seed_everything(recipe.seed)
    train, validation = divide(recipe, examples)
    validation = [*validation, *beside.validation]
    held_out = {example.group for example in validation}
    train = [example for example in train if example.group not in held_out]
    labels, own = labels_of(recipe, examples), len(train)
    train = train + beside.learnable(labels, held_out)
    if beside.teachers:
        asked = train + [example for example in unlabelled if example.group not in held_out]
        train = taught(asked, beside.teachers, labels, recipe.data.teacher_weight, device)
    material = Material(train, unlabelled, labels)
    description = describe(recipe, material, examples, beside)
    readers = build_readers(description)
    model = build_model(description)
    train_features, validation_features = (
        FeatureSet(part, readers, description.labels) for part in (train, validation)
    )
    trainer = Trainer(model, description, train_features, validation_features, folder, device)
    if resume and (folder / LAST).exists():
        trainer.resume()
    else:
        _initialise(model, description, replace(material, readings=train_features.by_modality()))
    fitted = trainer.fit()
    for name, encoder in recipe.encoders.items():
        ngrams = getattr(encoder, "ngrams", None)
        if ngrams is not None and ngrams.regression:
            add_regression(fitted, name, recipe.heads[0], train_features, range(own), validation_features)
    return _calibrated(fitted, trainer)


def divide(recipe: Recipe, examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Return the training part and the validation part, by whole groups."""
    seed = recipe.data.validation_seed
    return hold_out(examples, recipe.data.validation_fraction, recipe.seed if seed is None else seed)


def labels_of(recipe: Recipe, examples: Sequence[Example]) -> dict[str, tuple[str, ...]]:
    """Return the labels of the recipe's heads; RecipeError for a head that its data set doesn't have."""
    dataset_labels = describe_dataset(recipe.data.dataset).labels or labels_in(examples)
    unknown = [head for head in recipe.heads if head not in dataset_labels]
    if unknown:
        raise RecipeError(
            f"{recipe.data.dataset} has no labels for {unknown[0]!r}; it has {', '.join(dataset_labels)}."
        )
    return {head: dataset_labels[head] for head in recipe.heads}


def describe(
    recipe: Recipe, material: Material, examples: Sequence[Example], beside: Beside = ALONE
) -> ModelDescription:
    """Learn what the encoders' preprocessing needs, and describe the model to be; RecipeError for an unknown head."""
    return ModelDescription(
        recipe=recipe,
        labels=labels_of(recipe, examples),
        learned={name: encoder.learn(material) for name, encoder in recipe.encoders.items()},
        fingerprint=fingerprint(examples),
        commit=current_commit(),
        command=invoked_command(),
        temperatures=dict.fromkeys(recipe.heads, 1.0),
        ancestors=_ancestors(recipe, beside),
    )


def _ancestors(recipe: Recipe, beside: Beside) -> tuple[Ancestor, ...]:
    starts = (getattr(encoder, "start_from", None) for encoder in recipe.encoders.values())
    inherited = [ancestor for start in starts if start is not None for ancestor in ancestors_of(start)]
    return tuple(dict.fromkeys([*inherited, *beside.ancestors(invoked_command())]))


def current_commit() -> str:
    """Return the commit of the code at hand; `+changes` where the tree is not clean, `unknown` outside of git."""
    try:
        return _git("rev-parse", "--short=12", "HEAD") + ("+changes" if _git("status", "--porcelain") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments: str) -> str:
    folder = Path(__file__).parent
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def _initialise(model: MultimodalModel, description: ModelDescription, material: Material) -> None:
    for name, encoder in description.recipe.encoders.items():
        encoder.initialise(model.by_modality[name], description.learned[name], material)
    model.fusion.initialise(list(description.recipe.encoders))


def _calibrated(model: MultimodalModel, trainer: Trainer) -> Fitted:
    logits = predict_logits(model, trainer.validation)
    temperatures = {head: fit_temperature(values, trainer.validation.targets[head]) for head, values in logits.items()}
    description = trainer.description.with_temperatures(temperatures)
    save_checkpoint(trainer.folder / BEST, description, {"model": model.state_dict()})
    return Fitted(description, model, trainer.validation, trainer.progress.history)
