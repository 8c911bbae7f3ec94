import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from model_bundle.decoding.image_container import UPRIGHT, orientation_of


def exif_block(order: str, orientation: int) -> bytes:
    head = (b"II*\x00" if order == "<" else b"MM\x00*") + struct.pack(f"{order}IH", 8, 1)
    return head + struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0) + bytes(4)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("written", "read"), [(1, 1), (6, 6), (8, 8), (0, UPRIGHT), (9, UPRIGHT)])
def test_the_tag_is_read_in_either_byte_order(order: str, written: int, read: int) -> None:
    assert orientation_of(exif_block(order, written)) == read


def test_other_tags_are_passed_over() -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x0112], exif[0x0131] = "a description", 3, "a program"
    assert orientation_of(exif.tobytes().removeprefix(b"Exif\x00\x00")) == 3


def test_no_block_is_upright() -> None:
    assert orientation_of(b"") == UPRIGHT


@given(st.binary(max_size=200), st.integers(0, 26))
def test_a_damaged_block_is_no_reason_to_fail(tail: bytes, kept: int) -> None:
    assert 1 <= orientation_of(exif_block("<", 5)[:kept] + tail) <= 8
