import io

import pytest
from PIL import Image

from lambda_fn.errors import MediaTypeUnsupportedError
from lambda_fn.media.buffer import SIGNATURE_BYTES, check_picture_kind


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_the_kinds_that_are_read_are_known_by_their_first_bytes(kind: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (3, 2)).save(file, kind)
    check_picture_kind(file.getvalue()[:SIGNATURE_BYTES])


@pytest.mark.parametrize("kind", ["TIFF", "BMP", "ICO", "PDF", "PPM", "TGA", "PCX", "AVIF", "JPEG2000"])
def test_no_other_is(kind: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (16, 16)).save(file, kind)
    with pytest.raises(MediaTypeUnsupportedError):
        check_picture_kind(file.getvalue())
