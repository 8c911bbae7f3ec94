import random

import numpy as np
import torch

from training.fitting.random_state import random_state, restore_random_state, seed_everything


def draw() -> tuple[float, float, float]:
    return random.random(), float(np.random.rand()), float(torch.rand(()))


def test_a_seed_decides_every_source_of_chance() -> None:
    seed_everything(1)
    first = draw()
    seed_everything(1)
    assert draw() == first
    seed_everything(2)
    assert all(one != other for one, other in zip(draw(), first, strict=True))


def test_torch_goes_on_where_it_stood() -> None:
    state = random_state()
    first = torch.rand(3).tolist()
    restore_random_state(state)
    assert torch.rand(3).tolist() == first
