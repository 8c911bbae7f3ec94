import subprocess
import sys

import numpy as np
import pytest

from model_bundle.errors import ImageTooLargeError, ImageUndecodableError
from model_bundle.item import Item
from model_bundle.readers.image import ImageReader
from model_bundle.spec import GraphSpec, ImageSpec
from tests.pictures import encoded, halves, noise, pixels_of, plain


@pytest.fixture
def reader() -> ImageReader:
    graph = GraphSpec(file="image.onnx", inputs=(), outputs=())
    return ImageReader(ImageSpec(graph=graph, height=6, width=9, resize="stretch", max_pixels=10_000_000))


def test_a_picture_is_decoded_and_resized(reader: ImageReader) -> None:
    arrays = reader.read(Item(image=encoded(plain((9, 99, 199), 300, 200), "PNG"))).arrays
    assert arrays is not None
    assert np.array_equal(arrays["pixels"], np.tile(np.array([9, 99, 199], np.uint8), (6, 9, 1)))


def test_a_large_jpeg_that_is_decoded_small_looks_the_same(reader: ImageReader) -> None:
    image = noise(1200, 800)
    arrays = reader.read(Item(image=encoded(image, "JPEG", quality=95))).arrays
    assert arrays is not None
    expected = pixels_of(image.resize((9, 6))).astype(int)
    assert np.abs(arrays["pixels"] - expected).mean() < 2


def test_no_picture_is_an_absent_modality(reader: ImageReader) -> None:
    assert reader.read(Item(text="good")).arrays is None


def test_an_empty_picture_is_a_bad_one(reader: ImageReader) -> None:
    with pytest.raises(ImageUndecodableError):
        reader.read(Item(image=b""))


def test_a_picture_above_the_bundles_limit_is_refused(reader: ImageReader) -> None:
    small = ImageReader(reader._spec.model_copy(update={"max_pixels": 95}))
    with pytest.raises(ImageTooLargeError):
        small.read(Item(image=encoded(halves(12, 8), "PNG")))


def test_pictures_are_stacked(reader: ImageReader) -> None:
    arrays = [reader.read(Item(image=encoded(noise(width, 20), "PNG"))).arrays for width in (10, 50)]
    rows = [row for row in arrays if row is not None]
    assert reader.stack(rows)["pixels"].shape == (2, 6, 9, 3)
    assert [reader.length(row) for row in rows] == [1, 1]


def test_pillow_is_not_imported_before_the_first_picture() -> None:
    script = "import sys, model_bundle; assert not [name for name in sys.modules if name.startswith('PIL')]"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_file_that_is_cut_off_gives_a_warning(reader: ImageReader) -> None:
    content = encoded(noise(64, 48), "JPEG")
    assert reader.read(Item(image=content)).warnings == ()
    cut = reader.read(Item(image=content[:-2]))
    assert cut.arrays is not None
    assert [warning.code for warning in cut.warnings] == ["media_incomplete"]
