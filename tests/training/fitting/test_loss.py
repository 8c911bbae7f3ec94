import numpy as np
import pytest
import torch
from torch.nn import functional

from training.fitting.batches import UNLABELLED
from training.fitting.loss import class_weights, divergence, multi_head_loss, multi_view_loss

LOGITS = torch.tensor([[2.0, -1.0], [0.5, 0.5], [-3.0, 1.0]])
TARGETS = torch.tensor([0, 1, 0])
SHARES = functional.one_hot(TARGETS, 2).float()


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("weights", [None, torch.tensor([0.5, 2.0])])
def test_one_head_is_torchs_cross_entropy(smoothing: float, weights: torch.Tensor | None) -> None:
    by_head = {} if weights is None else {"a": weights}
    loss = multi_head_loss({"a": LOGITS}, {"a": SHARES}, by_head, smoothing)
    expected = functional.cross_entropy(LOGITS, TARGETS, weights, label_smoothing=smoothing)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-6)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_soft_labels_are_torchs_cross_entropy_too(smoothing: float) -> None:
    shares = torch.tensor([[0.3, 0.7], [0.5, 0.5], [1.0, 0.0]])
    loss = multi_head_loss({"a": LOGITS}, {"a": shares}, {}, smoothing)
    expected = functional.cross_entropy(LOGITS, shares, label_smoothing=smoothing)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-6)


def test_heads_are_summed() -> None:
    one = multi_head_loss({"a": LOGITS}, {"a": SHARES}, {}, 0)
    two = multi_head_loss({"a": LOGITS, "b": LOGITS}, {"a": SHARES, "b": SHARES}, {}, 0)
    assert two.item() == pytest.approx(2 * one.item())


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_unlabelled_items_do_not_count(smoothing: float) -> None:
    shares = SHARES * torch.tensor([[1.0], [0.0], [1.0]])
    loss = multi_head_loss({"a": LOGITS}, {"a": shares}, {}, smoothing)
    expected = multi_head_loss({"a": LOGITS[[0, 2]]}, {"a": shares[[0, 2]]}, {}, smoothing)
    assert loss.item() == pytest.approx(expected.item())


def test_a_batch_without_labels_teaches_nothing() -> None:
    logits = LOGITS.clone().requires_grad_()
    loss = multi_head_loss({"a": logits}, {"a": torch.zeros(3, 2)}, {}, 0)
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


def views_of(*logits: torch.Tensor) -> dict[str, torch.Tensor]:
    return {"a": torch.stack(logits)}


def test_one_view_is_the_plain_loss() -> None:
    present = torch.ones(3, 2, dtype=torch.bool)
    loss = multi_view_loss(views_of(LOGITS), {"a": SHARES}, present, [0.0, 0.0], {}, 0.1)
    assert loss == multi_head_loss({"a": LOGITS}, {"a": SHARES}, {}, 0.1)


def test_each_modality_alone_counts_with_its_weight() -> None:
    present = torch.ones(3, 2, dtype=torch.bool)
    parts = [LOGITS, LOGITS * 2, LOGITS - 1]
    loss = multi_view_loss(views_of(*parts), {"a": SHARES}, present, [0.5, 0.5], {}, 0.0)
    all_of_them, *alone = (multi_head_loss({"a": part}, {"a": SHARES}, {}, 0.0) for part in parts)
    assert loss.item() == pytest.approx(((all_of_them + 0.5 * (alone[0] + alone[1])) / 2).item())


def test_an_item_with_one_modality_counts_once() -> None:
    present = torch.tensor([[True, True], [True, False], [False, True]])
    parts = [LOGITS, LOGITS * 2, LOGITS * 3]
    loss = multi_view_loss(views_of(*parts), {"a": SHARES}, present, [1.0, 1.0], {}, 0.0)
    first = {"a": SHARES[:1]}
    alone = [multi_head_loss({"a": part[:1]}, first, {}, 0.0) for part in parts[1:]]
    whole = multi_head_loss({"a": LOGITS}, {"a": SHARES}, {}, 0.0)
    assert loss.item() == pytest.approx(((whole + alone[0] + alone[1]) / 3).item())


def test_a_modality_alone_counts_as_the_recipe_says() -> None:
    parts = (LOGITS, -LOGITS, 2 * LOGITS)
    present = torch.ones(3, 2, dtype=torch.bool)
    loss = multi_view_loss(views_of(*parts), {"a": SHARES}, present, [0.0, 0.5], {}, 0.0)
    whole, _, second = (multi_head_loss({"a": part}, {"a": SHARES}, {}, 0.0) for part in parts)
    assert loss.item() == pytest.approx(((whole + 0.5 * second) / 1.5).item())


def test_two_answers_diverge_as_torch_says() -> None:
    first, second = LOGITS, LOGITS.flip(0)
    logs = [functional.log_softmax(logits, dim=1) for logits in (first, second)]
    both = [
        functional.kl_div(logs[other], logs[own], log_target=True, reduction="batchmean")
        for own, other in ((0, 1), (1, 0))
    ]
    assert divergence({"a": first}, {"a": second}).item() == pytest.approx(torch.stack(both).sum().item() / 2, rel=1e-5)
    assert divergence({"a": first}, {"a": first}).item() == 0
