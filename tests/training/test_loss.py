import numpy as np
import pytest
import torch
from torch.nn import functional

from training.batches import UNLABELLED
from training.loss import balanced_class_weights, multi_head_loss

LOGITS = torch.tensor([[2.0, -1.0], [0.5, 0.5], [-3.0, 1.0]])
TARGETS = torch.tensor([0, 1, 0])


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("weights", [None, torch.tensor([0.5, 2.0])])
def test_one_head_is_torchs_cross_entropy(smoothing: float, weights: torch.Tensor | None) -> None:
    by_head = {} if weights is None else {"a": weights}
    loss = multi_head_loss({"a": LOGITS}, {"a": TARGETS}, by_head, smoothing)
    assert loss == functional.cross_entropy(LOGITS, TARGETS, weights, label_smoothing=smoothing)


def test_heads_are_summed() -> None:
    one = multi_head_loss({"a": LOGITS}, {"a": TARGETS}, {}, 0)
    two = multi_head_loss({"a": LOGITS, "b": LOGITS}, {"a": TARGETS, "b": TARGETS}, {}, 0)
    assert two.item() == pytest.approx(2 * one.item())


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_unlabelled_items_do_not_count(smoothing: float) -> None:
    targets = torch.tensor([0, UNLABELLED, 0])
    loss = multi_head_loss({"a": LOGITS}, {"a": targets}, {}, smoothing)
    assert loss == multi_head_loss({"a": LOGITS[[0, 2]]}, {"a": targets[[0, 2]]}, {}, smoothing)


def test_a_batch_without_labels_teaches_nothing() -> None:
    logits = LOGITS.clone().requires_grad_()
    loss = multi_head_loss({"a": logits}, {"a": torch.full((3,), UNLABELLED)}, {}, 0)
    torch.autograd.backward(loss)
    assert loss.item() == 0
    assert logits.grad is not None
    assert not logits.grad.any()


def test_balanced_weights_are_inverse_to_frequency() -> None:
    targets = np.array([0, 0, 0, 1, UNLABELLED, UNLABELLED])
    assert balanced_class_weights(targets, 2).tolist() == pytest.approx([4 / 6, 2])
    assert balanced_class_weights(np.array([0, 1, 2, 0, 1, 2]), 3).tolist() == [1, 1, 1]


def test_a_class_that_never_comes_has_a_finite_weight() -> None:
    assert balanced_class_weights(np.array([0, 0]), 2).isfinite().all()
