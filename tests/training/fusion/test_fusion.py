from itertools import product

import pytest
import torch
from torch import Tensor

from training.fitting.random_state import seed_everything
from training.fusion import AttentionRecipe, ConcatRecipe, Fusion, LateRecipe

MODALITIES, DIMENSION = 3, 4
HEADS = {"sentiment": 2, "emotion": 5}
MASKS = torch.tensor(list(product([False, True], repeat=MODALITIES)))


@pytest.fixture(
    params=[
        ConcatRecipe(hidden=6),
        LateRecipe(),
        ConcatRecipe(hidden=6, linear_path=True),
        AttentionRecipe(layers=2, attention_heads=2),
    ],
    ids=["concat", "late", "concat-linear", "attention"],
)
def fusion(request: pytest.FixtureRequest) -> Fusion:
    seed_everything(0)
    fusion: Fusion = request.param.build(MODALITIES, DIMENSION, HEADS)
    torch.nn.init.normal_(fusion.absent)
    return fusion.eval()


@pytest.fixture
def embeddings() -> Tensor:
    return torch.randn(len(MASKS), MODALITIES, DIMENSION, generator=torch.Generator().manual_seed(1))


def test_all_masks_at_once_are_each_mask_alone(fusion: Fusion, embeddings: Tensor) -> None:
    at_once = dict(zip(HEADS, fusion(embeddings, MASKS), strict=True))
    for head, labels in HEADS.items():
        assert at_once[head].shape == (len(MASKS), len(embeddings), labels)
        one_by_one = [fusion.paired(embeddings, mask.expand(len(embeddings), -1))[head] for mask in MASKS]
        assert torch.allclose(at_once[head], torch.stack(one_by_one), rtol=0, atol=1e-6)


def test_paired_takes_each_items_own_mask(fusion: Fusion, embeddings: Tensor) -> None:
    paired = fusion.paired(embeddings, MASKS)["emotion"]
    diagonal = fusion(embeddings, MASKS)[1].diagonal().T
    assert torch.allclose(paired, diagonal, rtol=0, atol=1e-6)


@pytest.mark.parametrize("absent", range(MODALITIES))
def test_what_an_absent_modality_says_is_not_heard(fusion: Fusion, embeddings: Tensor, absent: int) -> None:
    mask = torch.ones(1, MODALITIES, dtype=torch.bool)
    mask[0, absent] = False
    other = embeddings.clone()
    other[:, absent] = float("nan")
    for before, after in zip(fusion(embeddings, mask), fusion(other, mask), strict=True):
        assert torch.equal(before, after)


def test_a_present_modality_is_heard(fusion: Fusion, embeddings: Tensor) -> None:
    everything = torch.ones(1, MODALITIES, dtype=torch.bool)
    assert not torch.allclose(fusion(embeddings, everything)[0], fusion(embeddings.roll(1, 1), everything)[0])


def test_absent_is_a_vector_that_learns(fusion: Fusion, embeddings: Tensor) -> None:
    mask = torch.tensor([[True, False, True]]).expand(len(embeddings), -1)
    torch.autograd.backward(fusion.paired(embeddings, mask)["emotion"].sum())
    assert fusion.absent.grad is not None
    assert fusion.absent.grad.any(dim=1).tolist() == [False, True, False]


def test_the_declared_shapes_are_the_real_ones(fusion: Fusion) -> None:
    assert [spec.shape for spec in fusion.inputs] == [("batch", MODALITIES, DIMENSION), ("masks", MODALITIES)]
    assert {spec.name: spec.shape[-1] for spec in fusion.outputs} == HEADS
