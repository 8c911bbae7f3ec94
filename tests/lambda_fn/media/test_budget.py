import time

import pytest

from lambda_fn.errors import MediaTimeoutError
from lambda_fn.media.budget import Deadline


def test_what_is_left_grows_less_until_nothing_is() -> None:
    deadline = Deadline(0.05)
    first = deadline.remaining()
    assert 0 < deadline.remaining() < first <= 0.05
    time.sleep(0.05)
    with pytest.raises(MediaTimeoutError):
        deadline.remaining()


def test_a_part_ends_no_later_than_the_whole() -> None:
    assert Deadline(10).within(1).remaining() <= 1
    assert Deadline(1).within(10).remaining() <= 1
