"""Published networks from `transformers`: by their name on the hub, from a local folder, or with random weights.

The library is imported when a network is first asked for: it takes seconds, which models without one need not wait.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Literal

import torch
from pydantic import JsonValue
from tokenizers import Tokenizer
from torch import Tensor, nn
from tqdm import tqdm

from model_bundle.readers.reader import ModalityReader
from training.encoders.encoder import Standardisation
from training.errors import RecipeError, in_one_line
from training.fitting.material import Material

Trainable = Literal["all", "none"] | int
"""`all`, `none`, or how many of the last blocks learn."""

UNWANTED: Final = ("_name_or_path", "id2label", "label2id", "architectures", "transformers_version", "dtype")
"""What a configuration says of a file or of another task, but not of the network."""

STANDARDISATION_EXAMPLES: Final = 1000
BATCH_SIZE: Final = 32


@dataclass(frozen=True)
class Family:
    """One kind of network: what `transformers` calls its configuration and its model."""

    configuration: str
    model: str
    options: Mapping[str, Any]
    """Arguments of the model beside its configuration."""


BERT: Final = Family("BertConfig", "BertModel", {"add_pooling_layer": False})
MOBILENET_V2: Final = Family("MobileNetV2Config", "MobileNetV2Model", {})
RESNET: Final = Family("ResNetConfig", "ResNetModel", {})


def read_configuration(family: Family, checkpoint: str | None, changes: Mapping[str, JsonValue]) -> str:
    """Return a network's configuration as JSON: the checkpoint's, or the library's default, with `changes`.

    RecipeError where the checkpoint is neither a folder nor on the hub, or is of another family.
    """
    configuration_class = getattr(_transformers(), family.configuration)
    values = {} if checkpoint is None else _loaded(configuration_class.get_config_dict, checkpoint)[0]
    kept = {name: value for name, value in values.items() if name not in UNWANTED}
    found = kept.get("model_type", configuration_class.model_type)
    if found != configuration_class.model_type:
        raise RecipeError(f"{checkpoint} is a {found}, where a {configuration_class.model_type} is wanted.")
    return json.dumps(kept | dict(changes), sort_keys=True)


def build_network(family: Family, configuration: str) -> Any:
    """Return the torch module that a configuration describes, with random weights."""
    library = _transformers()
    values = getattr(library, family.configuration)(**json.loads(configuration))
    return getattr(library, family.model)(values, **family.options)


def load_weights(family: Family, network: nn.Module, checkpoint: str) -> None:
    """Copy a checkpoint's weights into `network`; RecipeError where they don't fit."""
    published = _loaded(getattr(_transformers(), family.model).from_pretrained, checkpoint, **family.options)
    try:
        network.load_state_dict(published.state_dict())
    except RuntimeError as error:
        raise RecipeError(
            f"The weights of {checkpoint} don't fit the recipe's network: {in_one_line(error)}"
        ) from error


def load_tokenizer(checkpoint: str) -> Tokenizer:
    """Return a checkpoint's tokenizer, which neither cuts nor pads."""
    tokenizer: Tokenizer = _loaded(_transformers().AutoTokenizer.from_pretrained, checkpoint).backend_tokenizer
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def freeze(network: nn.Module, blocks: Sequence[nn.Module], trainable: Trainable, frozen_batch_norms: bool) -> None:
    """Let only a part of `network` learn: all of it, nothing, or the last `trainable` of `blocks`."""
    learning = list(blocks[-trainable:]) if isinstance(trainable, int) and trainable else []
    for parameter in network.parameters():
        parameter.requires_grad = trainable == "all"
    for block in learning:
        block.requires_grad_(True)
    if frozen_batch_norms:
        for batch_norm in batch_norms(network):
            batch_norm.requires_grad_(False)


@torch.no_grad()
def fit_standardisation(
    standardisation: Standardisation, features: Callable[..., Tensor], reader: ModalityReader, material: Material
) -> None:
    """Measure what `features` makes of up to STANDARDISATION_EXAMPLES of the training examples."""
    arrays = (reader.read(example.item).arrays for example in material.examples)
    present = list(islice((found for found in arrays if found is not None), STANDARDISATION_EXAMPLES))
    ordered = sorted(present, key=reader.length)
    batches = [ordered[start : start + BATCH_SIZE] for start in range(0, len(ordered), BATCH_SIZE)]
    progress = tqdm(batches, desc="measuring features", unit="batch", leave=False)
    device = standardisation.mean.device
    inputs = (
        {name: torch.from_numpy(values).to(device) for name, values in reader.stack(batch).items()}
        for batch in progress
    )
    measured = [features(**batch) for batch in inputs]
    if measured:
        standardisation.fit(torch.cat(measured))


def batch_norms(network: nn.Module) -> list[nn.BatchNorm2d]:
    """Return the batch normalisations of a network."""
    return [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]


def _loaded(load: Callable[..., Any], checkpoint: str, **options: Any) -> Any:
    try:
        return load(checkpoint, **options)
    except (OSError, ValueError) as error:
        raise RecipeError(
            f"The checkpoint {checkpoint} is no folder with a published network here, and the hub didn't give it "
            f"({in_one_line(error)}). Name a local folder instead: --set encoders.MODALITY.checkpoint=FOLDER."
        ) from error


def _transformers() -> Any:
    import transformers

    transformers.utils.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    return transformers
