"""What trained models say of examples, as soft labels to learn from (Hinton et al. 2015, arXiv:1503.02531)."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import file_digest
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from model_bundle.graphs.graph import calibrated_probabilities
from training.datasets import Example
from training.datasets.example import fingerprint
from training.errors import RecipeError
from training.fitting.assembly import build_readers, load_model
from training.fitting.batches import FeatureSet
from training.fitting.checkpoint import ModelDescription
from training.fitting.inference import predict_logits
from training.fitting.model import MultimodalModel

ANSWERS = "answers"
"""Folder beside a teacher's checkpoint, with what this very checkpoint has said so far."""
CHUNK = 4096
"""Examples that are answered at once; an interrupted run goes on after the last whole chunk."""
BATCH_SIZE = {"cpu": 32}
"""By kind of device; others take LARGE_BATCH."""
LARGE_BATCH = 256

Shares = Mapping[str, Mapping[str, float]]


def taught(
    examples: Sequence[Example],
    teachers: Sequence[Path],
    labels: Mapping[str, tuple[str, ...]],
    weight: float,
    device: torch.device,
) -> list[Example]:
    """Return the examples with soft labels: `weight` of the teachers' mean answer, and the rest of their own labels.

    `teachers` are checkpoints, and `labels` those of the model that is to learn, by head. RecipeError where a teacher
    answers with other labels.
    """
    answers = [_answers(path, examples, labels, device) for path in teachers]
    means = {head: np.mean([of[head] for of in answers], axis=0) for head in labels}
    return [
        replace(example, soft_labels=_mixed(example, {head: means[head][row] for head in labels}, labels, weight))
        for row, example in enumerate(examples)
    ]


def _answers(
    path: Path, examples: Sequence[Example], labels: Mapping[str, tuple[str, ...]], device: torch.device
) -> dict[str, NDArray[np.float32]]:
    """Return a teacher's calibrated probabilities, float32 [examples, labels], by head."""
    description, model = load_model(path)
    for head, names in labels.items():
        if tuple(description.labels.get(head, ())) != names:
            raise RecipeError(f"The teacher {path} doesn't answer {head!r} with {', '.join(names)}.")
    model.to(device)
    with path.open("rb") as file:
        folder = path.parent / ANSWERS / file_digest(file, "sha256").hexdigest()[:16]
    starts = range(0, len(examples), CHUNK)
    chunks = [
        _chunk_answers(folder, description, model, examples[start : start + CHUNK], device)
        for start in tqdm(starts, desc=f"asking {path.parent.name}", unit="chunk", leave=False)
    ]
    return {head: np.concatenate([chunk[head] for chunk in chunks]) for head in labels}


def _chunk_answers(
    folder: Path,
    description: ModelDescription,
    model: MultimodalModel,
    examples: Sequence[Example],
    device: torch.device,
) -> dict[str, NDArray[np.float32]]:
    asked = fingerprint(replace(example, labels={}, soft_labels={}) for example in examples)
    path = folder / f"{asked[:32]}.npz"
    if not path.exists():
        features = FeatureSet(examples, build_readers(description), {})
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type != "cpu"):
            logits = predict_logits(model, features, BATCH_SIZE.get(device.type, LARGE_BATCH))
        folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}.partial")
        with partial.open("wb") as file:
            halves: dict[str, Any] = {head: values.astype(np.float16) for head, values in logits.items()}
            np.savez(file, **halves)
        partial.replace(path)
    with np.load(path) as logits:
        return {
            head: calibrated_probabilities(logits[head], temperature).astype(np.float32)
            for head, temperature in description.temperatures.items()
        }


def _mixed(
    example: Example, answers: Mapping[str, NDArray[np.float32]], labels: Mapping[str, tuple[str, ...]], weight: float
) -> Shares:
    mixed: dict[str, dict[str, float]] = {}
    for head, names in labels.items():
        own = example.soft_labels.get(head) or ({example.labels[head]: 1.0} if head in example.labels else {})
        kept = 1 - weight if own else 0.0
        shares = zip(names, answers[head].tolist(), strict=True)
        mixed[head] = {name: kept * own.get(name, 0.0) + (1 - kept) * share for name, share in shares}
    return mixed
