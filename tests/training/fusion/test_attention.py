import pytest
import torch

from training.fusion import AttentionRecipe


def test_attention_heads_must_share_the_dimension() -> None:
    with pytest.raises(ValueError, match="5 attention heads can't share 8 numbers"):
        AttentionRecipe(attention_heads=5).build(2, 8, {"sentiment": 2})


def test_modalities_are_not_interchangeable() -> None:
    torch.manual_seed(0)
    fusion = AttentionRecipe(attention_heads=2).build(2, 8, {"sentiment": 2}).eval()
    torch.nn.init.normal_(fusion.positions)
    embeddings, both = torch.randn(3, 2, 8), torch.ones(1, 2, dtype=torch.bool)
    assert not torch.allclose(fusion(embeddings, both)[0], fusion(embeddings.flip(1), both)[0])


def test_every_layer_learns() -> None:
    torch.manual_seed(0)
    fusion = AttentionRecipe(layers=2, attention_heads=2, dropout=0.0).build(2, 8, {"sentiment": 2})
    logits = fusion.paired(torch.randn(3, 2, 8), torch.ones(3, 2, dtype=torch.bool))
    torch.autograd.backward(logits["sentiment"].square().sum())
    untouched = [name for name, weight in fusion.named_parameters() if weight.grad is None or not weight.grad.any()]
    assert untouched == ["absent"]
