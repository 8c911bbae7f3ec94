"""A bundle's model as PyTorch runs it line by line: what the graphs must beat."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import torch

from model_bundle import BundleSpec, Item
from model_bundle.folder import read_spec
from model_bundle.readers.text import load_tokenizer
from model_bundle.spec import TextSpec
from training.encoders.encoder import Learned
from training.fitting.assembly import build_model, build_readers, load_model
from training.fitting.batches import collate
from training.fitting.checkpoint import ModelDescription
from training.fitting.material import Material
from training.fitting.model import MultimodalModel
from training.recipe import Recipe, recipe_from

STARTS = ("checkpoint", "start_from")
"""Where a recipe says which weights an encoder starts from."""


class EagerModel:
    """A model in PyTorch on one thread, behind the readers that the bundle has too."""

    def __init__(self, description: ModelDescription, model: MultimodalModel) -> None:
        torch.set_num_threads(1)
        self._temperatures = description.temperatures
        self._readers = build_readers(description)
        self._model = model.eval()

    @classmethod
    def trained(cls, checkpoint: Path) -> "EagerModel":
        """Load the model that a bundle was exported from."""
        return cls(*load_model(checkpoint))

    @classmethod
    def untrained(cls, folder: Path) -> "EagerModel":
        """Build the network of the bundle in `folder` with random weights: time doesn't depend on their values."""
        description = _description(read_spec(folder), folder)
        return cls(description, build_model(description))

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every weight, by name."""
        return {name: tuple(parameter.shape) for name, parameter in self._model.named_parameters()}

    @torch.inference_mode()
    def judge(self, item: Item) -> dict[str, list[float]]:
        """Return the probability of each label, by head."""
        readings = {name: reader.read(item) for name, reader in self._readers.items()}
        logits = self._model(collate([readings], self._readers, {}))
        return {head: (row[0] / self._temperatures[head]).softmax(dim=0).tolist() for head, row in logits.items()}


def _description(spec: BundleSpec, folder: Path) -> ModelDescription:
    tokenizer = next(load_tokenizer(folder / of.tokenizer) for of in spec.modalities if isinstance(of, TextSpec))
    recipe = _from_scratch(spec.provenance.recipe, tokenizer.get_vocab_size())
    learned: dict[str, Learned] = {name: encoder.learn(Material([])) for name, encoder in recipe.encoders.items()}
    return ModelDescription(
        recipe=recipe,
        labels={head.name: head.labels for head in spec.heads},
        learned={**learned, "text": {**learned["text"], "tokenizer": tokenizer.to_str()}},
        fingerprint="",
        commit=spec.provenance.commit,
        command=spec.provenance.command,
        temperatures={head.name: head.temperature for head in spec.heads},
    )


def _from_scratch(values: dict[str, Any], vocabulary_size: int) -> Recipe:
    """Return a bundle's recipe with no published or earlier weights to start from."""
    changed = deepcopy(values)
    for encoder in changed["encoders"].values():
        encoder |= {start: None for start in STARTS if start in encoder}
        if encoder["kind"] == "bert":
            encoder["architecture"]["vocab_size"] = vocabulary_size
    return recipe_from(changed)
