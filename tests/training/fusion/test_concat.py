import torch

from training.fusion import ConcatRecipe


def test_the_linear_path_goes_around_the_hidden_layer() -> None:
    fusion = ConcatRecipe(hidden=3, linear_path=True).build(2, 4, {"sentiment": 2}).eval()
    torch.nn.init.zeros_(fusion.layers[0].weight)
    embeddings, both = torch.randn(5, 2, 4), torch.ones(5, 2, dtype=torch.bool)
    head = fusion.heads["sentiment"]
    constant = head(torch.cat([fusion.layers(torch.zeros(5, 8)), torch.zeros(5, 8)], dim=1))
    expected = constant + embeddings.flatten(1) @ head.weight[:, 3:].T
    assert torch.allclose(fusion.paired(embeddings, both)["sentiment"], expected, atol=1e-6)
