import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from model_bundle.errors import ImageUndecodableError
from tests.small_mvsa import encode_picture, make_picture
from training.datasets.near_duplicates import PICTURE_DISTANCE
from training.datasets.picture_hash import BITS, picture_hash


def distance(left: bytes, right: bytes) -> int:
    return int((picture_hash(left) != picture_hash(right)).sum())


def logo(red: int) -> bytes:
    picture = Image.new("RGB", (200, 200), "white")
    ImageDraw.Draw(picture).rectangle((90, 90, 110, 110), fill=(red, 0, 0))
    return encode_picture(picture)


def test_size_format_and_compression_turn_few_bits() -> None:
    original = make_picture(0, (640, 480))
    with Image.open(io.BytesIO(original)) as picture:
        worse = io.BytesIO()
        picture.resize((200, 150)).save(worse, "JPEG", quality=40)
    assert distance(original, worse.getvalue()) <= PICTURE_DISTANCE
    assert distance(original, make_picture(0, (320, 240), "PNG")) <= PICTURE_DISTANCE
    assert distance(original, original) == 0


def test_another_picture_is_far() -> None:
    assert min(distance(make_picture(0), make_picture(seed)) for seed in range(1, 20)) > 30


def test_a_picture_with_little_in_it_equals_only_itself() -> None:
    assert distance(logo(200), logo(200)) == 0
    assert distance(logo(200), logo(100)) > 30


def test_a_hash_is_a_row_of_bits() -> None:
    bits = picture_hash(make_picture(3))
    assert bits.shape == (BITS,)
    assert bits.dtype == np.bool_


@pytest.mark.parametrize("content", [b"", b"text", make_picture(0)[:200], make_picture(0, format_name="PNG")[:100]])
def test_what_is_no_picture_is_told(content: bytes) -> None:
    with pytest.raises(ImageUndecodableError):
        picture_hash(content)
