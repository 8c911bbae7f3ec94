import numpy as np
import pytest
import torch
from torch.nn import functional

from training.fitting.batches import UNLABELLED, Batch
from training.fitting.loss import HeadTargets, LossOptions, class_weights, multi_head_loss, multi_view_loss

LOGITS = torch.tensor([[2.0, -1.0], [0.5, 0.5], [-3.0, 1.0]])
TARGETS = torch.tensor([0, 1, 0])
PLAIN = LossOptions()


def loss_of(logits: torch.Tensor, targets: torch.Tensor = TARGETS, options: LossOptions = PLAIN) -> torch.Tensor:
    """Return the loss of one head."""
    return multi_head_loss({"a": logits}, {"a": HeadTargets(targets, None)}, options)


def view_loss(parts: list[torch.Tensor], present: torch.Tensor, options: LossOptions) -> torch.Tensor:
    """Return the loss of one head in several views."""
    return multi_view_loss({"a": torch.stack(parts)}, Batch({}, {}, present, {"a": TARGETS}, {}), options)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("weights", [None, torch.tensor([0.5, 2.0])])
def test_one_head_is_torchs_cross_entropy(smoothing: float, weights: torch.Tensor | None) -> None:
    by_head = {} if weights is None else {"a": weights}
    loss = loss_of(LOGITS, options=LossOptions(by_head, smoothing))
    assert loss == functional.cross_entropy(LOGITS, TARGETS, weights, label_smoothing=smoothing)


def test_heads_are_summed() -> None:
    targets = HeadTargets(TARGETS, None)
    two = multi_head_loss({"a": LOGITS, "b": LOGITS}, {"a": targets, "b": targets}, PLAIN)
    assert two.item() == pytest.approx(2 * loss_of(LOGITS).item())


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_unlabelled_items_do_not_count(smoothing: float) -> None:
    targets = torch.tensor([0, UNLABELLED, 0])
    options = LossOptions(label_smoothing=smoothing)
    assert loss_of(LOGITS, targets, options) == loss_of(LOGITS[[0, 2]], targets[[0, 2]], options)


def test_shares_count_in_place_of_classes() -> None:
    shares = torch.tensor([[0.7, 0.3], [0.0, 0.0], [0.0, 0.0]])
    classes = torch.tensor([UNLABELLED, 1, UNLABELLED])
    loss = multi_head_loss({"a": LOGITS}, {"a": HeadTargets(classes, shares)}, PLAIN)
    expected = functional.cross_entropy(LOGITS[:2], torch.tensor([[0.7, 0.3], [0.0, 1.0]]))
    assert loss.item() == pytest.approx(expected.item())


def test_a_batch_without_labels_teaches_nothing() -> None:
    logits = LOGITS.clone().requires_grad_()
    loss = loss_of(logits, torch.full((3,), UNLABELLED))
    torch.autograd.backward(loss)
    assert loss.item() == 0
    assert logits.grad is not None
    assert not logits.grad.any()


def test_balanced_weights_are_inverse_to_frequency() -> None:
    targets = np.array([0, 0, 0, 1, UNLABELLED, UNLABELLED])
    assert class_weights(targets, 2, 1.0).tolist() == pytest.approx([4 / 6, 2])
    assert class_weights(np.array([0, 1, 2, 0, 1, 2]), 3, 1.0).tolist() == [1, 1, 1]


def test_a_class_that_never_comes_has_a_finite_weight() -> None:
    assert class_weights(np.array([0, 0]), 2, 1.0).isfinite().all()


def test_a_mild_balance_lies_between_none_and_all() -> None:
    targets = np.array([0, 0, 0, 1])
    assert class_weights(targets, 2, 0.0).tolist() == [1, 1]
    common, rare = class_weights(targets, 2, 0.5).tolist()
    assert 4 / 6 < common < 1 < rare < 2
    assert (3 * common + rare) / 4 == pytest.approx(1)


def test_one_view_is_the_plain_loss() -> None:
    options = LossOptions(label_smoothing=0.1)
    loss = view_loss([LOGITS], torch.ones(3, 2, dtype=torch.bool), options)
    assert loss == loss_of(LOGITS, options=options)


def test_each_modality_alone_counts_with_its_weight() -> None:
    parts = [LOGITS, LOGITS * 2, LOGITS - 1]
    loss = view_loss(parts, torch.ones(3, 2, dtype=torch.bool), LossOptions(unimodal_weight=0.5))
    all_of_them, *alone = (loss_of(part) for part in parts)
    assert loss.item() == pytest.approx(((all_of_them + 0.5 * (alone[0] + alone[1])) / 2).item())


def test_an_item_with_one_modality_counts_once() -> None:
    present = torch.tensor([[True, True], [True, False], [False, True]])
    parts = [LOGITS, LOGITS * 2, LOGITS * 3]
    loss = view_loss(parts, present, LossOptions(unimodal_weight=1.0))
    alone = [loss_of(part[:1], TARGETS[:1]) for part in parts[1:]]
    assert loss.item() == pytest.approx(((loss_of(LOGITS) + alone[0] + alone[1]) / 3).item())
