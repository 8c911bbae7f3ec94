from pathlib import Path

import numpy as np
import pytest
import torch

from tests.training.tiny import CPU, describe_tiny, features_of, tiny_recipe
from training.datasets import Example
from training.encoders.lstm import LstmEncoder
from training.encoders.ngram_regression import SHARES, Margins, add_regression
from training.fitting.assembly import build_model
from training.fitting.fit import fit
from training.fitting.inference import predict_logits

CHANGES = (
    "encoders.text.ngrams={buckets: [1009, 2003]}",
    "fusion.linear_path=true",
    "fusion.batch_normalisation=false",
)


def accuracy(logits: np.ndarray[tuple[int, ...], np.dtype[np.float32]], targets: object) -> float:
    return float(np.mean(logits.argmax(axis=1) == targets))


def test_a_model_that_knows_nothing_learns_from_the_regression(examples: list[Example]) -> None:
    description = describe_tiny(examples, tiny_recipe(*CHANGES))
    torch.manual_seed(0)
    model = build_model(description)
    train, validation = features_of(examples[::2], description), features_of(examples[1::2], description)
    before = predict_logits(model, validation)["sentiment"]
    share = add_regression(model, "text", "sentiment", train, range(len(train)), validation)
    after = predict_logits(model, validation)["sentiment"]
    targets = validation.targets["sentiment"]
    assert share in SHARES[1:]
    assert accuracy(after, targets) > max(0.9, accuracy(before, targets))


def test_added_sums_move_the_margin_as_the_model_itself_would(examples: list[Example]) -> None:
    description = describe_tiny(examples, tiny_recipe(*CHANGES))
    model = build_model(description).eval()
    features = features_of(examples[:6], description)
    encoder = model.by_modality["text"]
    assert isinstance(encoder, LstmEncoder)
    assert encoder.ngrams is not None
    margins = Margins(model, "text", "sentiment", features, range(6))
    expected = margins.with_sums(np.array([[2.0, 0.0, 0.0]]) * [[len(set(row.tolist()))] for row in _words(features)])
    encoder.ngrams.weights[0].load_state_dict(
        {"weight": torch.full_like(encoder.ngrams.weights[0].state_dict()["weight"], 2.0)}
    )
    logits = predict_logits(model, features)["sentiment"]
    assert (logits[:, 1] - logits[:, 0]).tolist() == pytest.approx(expected.tolist(), abs=1e-4)


def _words(features: object) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    return [row["text"].arrays["token_ids"] for row in features.readings]  # type: ignore[attr-defined]


def test_training_adds_it_if_the_recipe_says_so(examples: list[Example], tmp_path: Path) -> None:
    changes = ("encoders.text.ngrams={buckets: [1009, 2003], regression: true}", *CHANGES[1:])
    fitted = fit(tiny_recipe(*changes, "optimisation.epochs=1"), examples, [], tmp_path, CPU)
    logits = predict_logits(fitted.model, fitted.validation)["sentiment"]
    assert accuracy(logits, fitted.validation.targets["sentiment"]) > 0.9
    encoder = fitted.model.by_modality["text"]
    assert isinstance(encoder, LstmEncoder)
    assert encoder.ngrams is not None
    assert all(torch.all(table == 1) for table in encoder.ngrams.ratios.parameters())
