import torch

from training.fusion import ConcatFusion, ConcatRecipe


def test_the_linear_path_goes_around_the_hidden_layer() -> None:
    fusion = ConcatRecipe(hidden=3, linear_path=True).build(2, 4, {"sentiment": 2}).eval()
    assert isinstance(fusion, ConcatFusion)
    first, head = fusion.layers[0], fusion.heads["sentiment"]
    assert isinstance(first, torch.nn.Linear)
    assert isinstance(head, torch.nn.Linear)
    torch.nn.init.zeros_(first.weight)
    embeddings, both = torch.randn(5, 2, 4), torch.ones(5, 2, dtype=torch.bool)
    constant = head(torch.cat([fusion.layers(torch.zeros(5, 8)), torch.zeros(5, 8)], dim=1))
    expected = constant + embeddings.flatten(1) @ head.weight[:, 3:].T
    assert torch.allclose(fusion.paired(embeddings, both)["sentiment"], expected, atol=1e-6)
