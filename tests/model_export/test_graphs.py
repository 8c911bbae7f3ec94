from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch

from model_bundle import Item
from model_bundle.graphs.graph import Graph
from model_bundle.spec import GraphSpec
from model_export.errors import ExportError
from model_export.graphs import export_graphs
from model_export.parity import TOLERANCE, check_encoder, check_fusion
from tests.training.tiny import describe_tiny, tiny_recipe
from training.datasets import Example
from training.encoders import LstmEncoder
from training.fitting.assembly import build_model, build_readers
from training.fitting.checkpoint import ModelDescription
from training.fitting.model import MultimodalModel
from training.fitting.random_state import seed_everything

pytestmark = pytest.mark.slow  # tracing the graphs


@pytest.fixture(scope="module")
def description(examples: list[Example]) -> ModelDescription:
    return describe_tiny(examples, tiny_recipe())


@pytest.fixture(scope="module")
def model(description: ModelDescription) -> MultimodalModel:
    """A fresh model with weights that tell items apart."""
    seed_everything(0)
    model = build_model(description)
    torch.nn.init.normal_(model.fusion.absent)
    return model.eval()


@pytest.fixture(scope="module")
def graphs(
    model: MultimodalModel,
    description: ModelDescription,
    examples: list[Example],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Graph]:
    folder = tmp_path_factory.mktemp("graphs")
    exported = export_graphs(model, build_readers(description), examples, folder)
    assert exported.differences.keys() == {"text", "metadata", "fusion"}
    assert max(exported.differences.values()) <= 1e-4
    specs: dict[str, GraphSpec] = {**exported.encoders, "fusion": exported.fusion}
    return {name: Graph(folder / spec.file, spec, threads=1) for name, spec in specs.items()}


@pytest.mark.parametrize(("batch", "tokens"), list(product([1, 2, 5], [1, 2, 7, 300])))
def test_text_of_any_length_in_batches_of_any_size(
    graphs: dict[str, Graph], model: MultimodalModel, batch: int, tokens: int
) -> None:
    generator = torch.Generator().manual_seed(batch * tokens)
    encoder = model.by_modality["text"]
    assert isinstance(encoder, LstmEncoder)
    ids = torch.randint(0, encoder.words.num_embeddings, (batch, tokens), generator=generator)
    counts = torch.randint(1, tokens + 1, (batch,), generator=generator)
    counts[0] = tokens
    with torch.inference_mode():
        expected = encoder(ids, counts).numpy()
    (actual,) = graphs["text"].run({"token_ids": ids.numpy(), "token_counts": counts.numpy()})
    assert np.allclose(actual, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_metadata_in_batches_of_any_size(graphs: dict[str, Graph], model: MultimodalModel, batch: int) -> None:
    size = int(graphs["metadata"]._spec.inputs[0].shape[1])
    genres = torch.eye(size, dtype=torch.uint8)[torch.arange(batch) % size]
    year = torch.tensor([0, 1994, 2023, 1903, 1960])[:batch]
    with torch.inference_mode():
        expected = model.by_modality["metadata"](genres, year).numpy()
    (actual,) = graphs["metadata"].run({"genres": genres.numpy(), "year": year.numpy()})
    assert np.allclose(actual, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize(("batch", "masks"), list(product([1, 4], [1, 2, 4])))
def test_fusion_of_any_number_of_masks(
    graphs: dict[str, Graph], model: MultimodalModel, batch: int, masks: int
) -> None:
    embeddings = torch.randn(batch, 2, model.dimension, generator=torch.Generator().manual_seed(0))
    present = torch.tensor([[True, True], [False, True], [True, False], [False, False]])[:masks]
    with torch.inference_mode():
        (expected,) = model.fusion(embeddings, present)
    (actual,) = graphs["fusion"].run({"embeddings": embeddings.numpy(), "present": present.numpy()})
    assert actual.shape == (masks, batch, 2)
    assert np.allclose(actual, expected, rtol=0, atol=1e-5)


def test_a_graph_of_other_weights_is_refused(
    graphs: dict[str, Graph], description: ModelDescription, examples: list[Example]
) -> None:
    seed_everything(1)
    other = build_model(description).eval()
    reader = build_readers(description)["text"]
    readings = [arrays for example in examples if (arrays := reader.read(example.item).arrays)]
    with pytest.raises(ExportError, match=rf"text\.onnx differs from torch by .* at most {TOLERANCE:.0e} is allowed"):
        check_encoder(graphs["text"], other.by_modality["text"], reader, readings)
    with pytest.raises(ExportError, match=r"fusion\.onnx differs from torch"):
        check_fusion(graphs["fusion"], other.fusion, graphs["fusion"]._spec)


def test_numbers_that_are_none_are_refused(graphs: dict[str, Graph], model: MultimodalModel) -> None:
    class Broken(torch.nn.Module):
        def forward(self, embeddings: torch.Tensor, present: torch.Tensor) -> tuple[torch.Tensor, ...]:
            return tuple(output * float("nan") for output in model.fusion(embeddings, present))

    with pytest.raises(ExportError, match="differs from torch by nan"):
        check_fusion(graphs["fusion"], Broken(), graphs["fusion"]._spec)  # type: ignore[arg-type]


def test_another_shape_is_refused(graphs: dict[str, Graph], model: MultimodalModel) -> None:
    class Wider(torch.nn.Module):
        def forward(self, embeddings: torch.Tensor, present: torch.Tensor) -> tuple[torch.Tensor, ...]:
            return tuple(torch.cat([output, output], dim=2) for output in model.fusion(embeddings, present))

    with pytest.raises(ExportError, match=r"returned the shape .* where torch returns"):
        check_fusion(graphs["fusion"], Wider(), graphs["fusion"]._spec)  # type: ignore[arg-type]


def test_a_modality_that_no_example_has_cannot_be_checked(
    model: MultimodalModel, description: ModelDescription, tmp_path: Path
) -> None:
    examples = [Example("0", Item(year=1994), {"sentiment": "positive"}, "0")]
    with pytest.raises(ExportError, match="None of the 1 validation examples has the modality 'text'"):
        export_graphs(model, build_readers(description), examples, tmp_path)
