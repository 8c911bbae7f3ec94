from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from model_bundle.readers.image import enough_pixels, resize_image
from model_bundle.spec import GraphSpec, ImageSpec
from tests.pictures import noise, pixels_of

SIZES = [(100, 60), (60, 100), (64, 64), (33, 47), (500, 40), (7, 5)]
FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


def image_spec(**changes: Any) -> ImageSpec:
    graph = GraphSpec(file="image.onnx", inputs=(), outputs=())
    return ImageSpec(graph=graph, **({"height": 24, "width": 32, "resize": "stretch", "max_pixels": 10_000} | changes))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("resampling", FILTERS)
def test_stretching_scales_each_side(size: tuple[int, int], resampling: str) -> None:
    image = noise(*size)
    found = resize_image(pixels_of(image), image_spec(resampling=resampling))
    assert np.array_equal(found, pixels_of(image.resize((32, 24), FILTERS[resampling])))


@pytest.mark.parametrize("size", SIZES)
def test_cropping_is_scaling_the_shorter_side_and_cutting_the_centre_out(size: tuple[int, int]) -> None:
    image = noise(*size)
    scaled = image.resize((40 * size[0] // min(size), 40 * size[1] // min(size)), Image.Resampling.BICUBIC)
    left, top = (scaled.width - 32) // 2, (scaled.height - 24) // 2
    expected = pixels_of(scaled.crop((left, top, left + 32, top + 24))).astype(int)
    found = resize_image(pixels_of(image), image_spec(resize="crop", shorter_side=40))
    assert np.abs(found - expected).max() <= 2  # rows and columns are rounded in another order


@pytest.mark.parametrize(
    ("size", "rows", "columns"),
    [
        ((100, 60), slice(2, 21), slice(0, 32)),
        ((30, 90), slice(0, 24), slice(12, 20)),
        ((32, 24), slice(0, 24), slice(0, 32)),
    ],
)
def test_padding_keeps_the_shape_and_centres_on_black(size: tuple[int, int], rows: slice, columns: slice) -> None:
    white = np.full((size[1], size[0], 3), 255, np.uint8)
    found = resize_image(white, image_spec(resize="pad"))
    expected = np.zeros((24, 32, 3), np.uint8)
    expected[rows, columns] = 255
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("policy", [{"resize": "crop", "shorter_side": 40}, {"resize": "stretch"}, {"resize": "pad"}])
@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (2, 3)])
def test_the_oddest_sizes_are_resized(policy: dict[str, Any], size: tuple[int, int]) -> None:
    found = resize_image(np.full((size[1], size[0], 3), 200, np.uint8), image_spec(**policy))
    assert found.shape == (24, 32, 3)
    assert found[12, 16].tolist() in ([200] * 3, [0] * 3)


def test_a_picture_keeps_twice_the_pixels_that_are_needed() -> None:
    assert enough_pixels(image_spec()) == 64
    assert enough_pixels(image_spec(resize="crop", shorter_side=40)) == 80


@pytest.mark.parametrize(
    "policy", [{"resize": "crop"}, {"resize": "crop", "shorter_side": 31}, {"resize": "pad", "shorter_side": 40}]
)
def test_a_policy_that_does_not_add_up_is_refused(policy: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        image_spec(**policy)
