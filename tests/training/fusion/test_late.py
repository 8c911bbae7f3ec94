import torch

from training.fusion import LateRecipe


def test_what_modalities_say_is_added() -> None:
    fusion = LateRecipe().build(2, 4, {"sentiment": 3}).eval()
    torch.nn.init.normal_(fusion.absent)
    masks = torch.tensor([[True, True], [True, False], [False, True], [False, False]])
    (both, first, second, none) = fusion(torch.randn(5, 2, 4), masks)[0]
    assert torch.allclose(both - none, (first - none) + (second - none), atol=1e-6)
