import pickle
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.small_cifar100 import pickled
from training.datasets.plain_pickle import BAD_PICKLE, load_plain_pickle


@pytest.mark.parametrize("dump", [pickled, pickle.dumps])
def test_plain_values_and_arrays_are_read(dump: Callable[[object], bytes]) -> None:
    data = np.arange(6, dtype=np.uint8).reshape(2, 3)
    read = load_plain_pickle(dump({"names": ["a", "é"], "data": data}))
    assert read["names"] == ["a", "é"]
    assert np.array_equal(read["data"], data)
    assert read["data"].dtype == data.dtype


@pytest.mark.parametrize("value", [Path("a"), OrderedDict(), print, np.random.default_rng()])
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(pickle.UnpicklingError, match="which no array needs"):
        load_plain_pickle(pickle.dumps(value))


@pytest.mark.parametrize("content", [b"", b"x", b"\x80\x02}q", b"\x80\x02X\xff\xff\xff\x7fa."])
def test_damage_is_one_of_the_errors_that_are_named(content: bytes) -> None:
    with pytest.raises(BAD_PICKLE):
        load_plain_pickle(content)
