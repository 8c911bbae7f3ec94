"""Does a graph do what its module does? At several lengths and batch sizes, alone and in company."""

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from model_bundle.graphs.graph import Graph
from model_bundle.readers.reader import Arrays, ModalityReader
from model_bundle.spec import GraphSpec
from model_export.errors import ExportError
from training.fusion import Fusion

TOLERANCE = 1e-4
"""Largest difference allowed between a float32 graph and torch, as a share of the largest value where that is over 1:
a rounding error grows with what is rounded."""
BATCH_SIZES = (1, 2, 7)


def check_encoder(graph: Graph, encoder: nn.Module, reader: ModalityReader, readings: Sequence[Arrays]) -> float:
    """Return the largest difference on batches of short, long and mixed items; ExportError above the tolerance."""
    differences = [_difference(graph, encoder, reader.stack(batch)) for batch in _batches(reader, readings)]
    return check_difference(str(graph.path), max(differences))


def check_fusion(graph: Graph, fusion: Fusion, spec: GraphSpec) -> float:
    """Return the largest difference on random embeddings with every presence mask; ExportError above the tolerance."""
    modalities, dimension = (int(size) for size in spec.inputs[0].shape[1:])
    masks = np.array(list(product([False, True], repeat=modalities)))
    generator = np.random.default_rng(0)
    embeddings = [generator.normal(size=(batch, modalities, dimension)) for batch in BATCH_SIZES]
    inputs = [{"embeddings": values.astype(np.float32), "present": masks} for values in embeddings]
    return check_difference(str(graph.path), max(_difference(graph, fusion, values) for values in inputs))


def _batches(reader: ModalityReader, readings: Sequence[Arrays]) -> Iterator[list[Arrays]]:
    by_length = sorted(readings, key=reader.length)
    for size in BATCH_SIZES:
        yield by_length[:size]
        yield by_length[-size:]
        yield [by_length[0], *by_length[-size:]]


@torch.inference_mode()
def _difference(graph: Graph, module: nn.Module, inputs: Arrays) -> float:
    expected = module(**{name: torch.from_numpy(values) for name, values in inputs.items()})
    tensors = expected if isinstance(expected, tuple) else (expected,)
    pairs = zip(graph.run(inputs), tensors, strict=True)
    return max(_largest(actual, tensor.numpy()) for actual, tensor in pairs)


def _largest(actual: NDArray[np.float32], expected: NDArray[np.float32]) -> float:
    if actual.shape != expected.shape:
        raise ExportError(f"A graph returned the shape {actual.shape} where torch returns {expected.shape}.")
    return float(np.abs(actual - expected).max() / max(1.0, float(np.abs(expected).max())))


def check_difference(name: str, difference: float) -> float:
    """Return the difference between what `name` says and what torch says; ExportError above the tolerance."""
    if not difference <= TOLERANCE:
        raise ExportError(f"{name} differs from torch by {difference:.2e}; at most {TOLERANCE:.0e} is allowed.")
    return difference
