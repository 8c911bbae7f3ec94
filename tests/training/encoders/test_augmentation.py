import pytest
import torch

from training.encoders.augmentation import AugmentationRecipe, augment

STILL = AugmentationRecipe(smallest_crop=1.0, flip=False, colour=0.0)


@pytest.fixture
def pictures() -> torch.Tensor:
    return torch.rand(16, 3, 12, 10, generator=torch.Generator().manual_seed(0))


def test_nothing_changes_where_nothing_is_asked_for(pictures: torch.Tensor) -> None:
    assert torch.allclose(augment(pictures, STILL), pictures, atol=1e-5)


def test_each_picture_changes_in_its_own_way(pictures: torch.Tensor) -> None:
    torch.manual_seed(0)
    changed = augment(pictures[:1].expand(16, -1, -1, -1), AugmentationRecipe())
    assert changed.shape == pictures.shape
    assert torch.pdist(changed.flatten(1)).min() > 0.1
    assert 0 <= changed.min() <= changed.max() <= 1


def test_a_flip_is_a_mirror_image_or_nothing(pictures: torch.Tensor) -> None:
    torch.manual_seed(0)
    changed = augment(pictures, AugmentationRecipe(smallest_crop=1.0, flip=True, colour=0.0))
    mirrored = [torch.allclose(of, picture.flip(2), atol=1e-5) for of, picture in zip(changed, pictures, strict=True)]
    same = [torch.allclose(of, picture, atol=1e-5) for of, picture in zip(changed, pictures, strict=True)]
    assert all(a != b for a, b in zip(mirrored, same, strict=True))
    assert 0 < sum(mirrored) < 16


def test_a_crop_shows_a_part_of_the_picture() -> None:
    torch.manual_seed(0)
    ramp = torch.linspace(0, 1, 64).expand(8, 3, 64, 64)
    spans = augment(ramp, AugmentationRecipe(smallest_crop=0.5, flip=False, colour=0.0)).amax(dim=(1, 2, 3))
    starts = augment(ramp, AugmentationRecipe(smallest_crop=0.5, flip=False, colour=0.0)).amin(dim=(1, 2, 3))
    assert spans.min() < 0.95
    assert starts.max() > 0.05


def test_colours_change_and_shapes_stay(pictures: torch.Tensor) -> None:
    torch.manual_seed(0)
    grey = torch.rand(4, 1, 12, 10).expand(-1, 3, -1, -1) * 0.5 + 0.2
    changed = augment(grey, AugmentationRecipe(smallest_crop=1.0, flip=False, colour=0.2))
    assert torch.allclose(changed[:, 0], changed[:, 2], atol=1e-5)  # grey has no saturation to change
    assert not torch.allclose(changed, grey, atol=1e-2)
    correlation = torch.corrcoef(torch.stack([changed[0, 0].flatten(), grey[0, 0].flatten()]))[0, 1]
    assert correlation > 0.999
