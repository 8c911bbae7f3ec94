import pytest

from lambda_fn.errors import MediaTooLargeError, MediaTypeUnsupportedError
from lambda_fn.media.buffer import Allowance, Intake

JPEG = b"\xff\xd8\xff\xe0" + bytes(20)


def test_pieces_become_the_file() -> None:
    intake = Intake(100, Allowance(100))
    for place in range(len(JPEG)):
        intake.add(JPEG[place : place + 1])
    assert intake.content() == JPEG


def test_the_largest_file_is_taken_and_one_byte_more_is_not() -> None:
    intake = Intake(len(JPEG), Allowance(100))
    intake.add(JPEG)
    assert intake.content() == JPEG
    with pytest.raises(MediaTooLargeError, match="at most 24 bytes"):
        intake.add(b"x")


def test_what_is_no_picture_is_known_after_a_few_bytes() -> None:
    intake = Intake(100, Allowance(100))
    intake.add(b"<!doctype h")
    with pytest.raises(MediaTypeUnsupportedError, match="JPEG, PNG, WebP and GIF"):
        intake.add(b"t")


def test_files_share_an_allowance() -> None:
    allowance = Allowance(len(JPEG) + 10)
    Intake(100, allowance).add(JPEG)
    with pytest.raises(MediaTooLargeError, match="in all"):
        Intake(100, allowance).add(JPEG)
