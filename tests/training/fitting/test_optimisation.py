import math
from collections import OrderedDict
from typing import Any, Literal

import pytest
import torch
from torch import nn

from training.fitting.optimisation import (
    OptimisationRecipe,
    Schedule,
    build_optimiser,
    freeze_parts,
    unimodal_weights,
)

STEPS = 20


class Model(nn.Module):
    """Parameters named as in a real model."""

    def __init__(self) -> None:
        super().__init__()
        self.encoders = nn.ModuleDict({"text": nn.ModuleDict({"words": nn.Embedding(4, 2), "layer": nn.Linear(2, 2)})})
        self.fusion = nn.Linear(2, 2)


def rates(schedule: Literal["constant", "cosine", "plateau"], warmup: float, scores: tuple[float, ...]) -> list[float]:
    """Return the rate of each step; the scores come at the ends of epochs of equal length."""
    recipe = OptimisationRecipe(learning_rate=1, schedule=schedule, warmup=warmup)
    optimiser = build_optimiser(Model(), recipe)
    plan = Schedule(optimiser, recipe, STEPS)
    found = []
    for score in scores:
        for _ in range(STEPS // len(scores)):
            found.append(optimiser.param_groups[0]["lr"])
            optimiser.step()
            plan.after_step()
        plan.after_epoch(score)
    return [*found, optimiser.param_groups[0]["lr"]]


def test_the_rate_rises_to_its_full_height() -> None:
    assert rates("constant", 0.2, (0,))[:6] == pytest.approx([0.25, 0.5, 0.75, 1, 1, 1])
    assert rates("constant", 0, (0,)) == [1] * (STEPS + 1)


def test_cosine_falls_to_zero() -> None:
    expected = [0.5 * (1 + math.cos(math.pi * step / 16)) for step in range(17)]
    assert rates("cosine", 0.2, (0,))[4:] == pytest.approx(expected, abs=1e-9)


def test_plateau_halves_the_rate_when_nothing_got_better() -> None:
    found = rates("plateau", 0, (0.5, 0.6, 0.6, 0.7, 0.1))
    assert found[::4] == [1, 1, 1, 0.5, 0.5, 0.25]


def test_plateau_rises_first() -> None:
    assert rates("plateau", 0.2, (0.5,))[:6] == pytest.approx([0.25, 0.5, 0.75, 1, 1, 1])


@pytest.mark.parametrize("schedule", ["constant", "cosine", "plateau"])
def test_a_schedule_goes_on_from_its_state(schedule: Literal["constant", "cosine", "plateau"]) -> None:
    recipe = OptimisationRecipe(learning_rate=1, schedule=schedule, warmup=0.2)
    found = []
    for interrupted in (False, True):
        optimiser = build_optimiser(Model(), recipe)
        plan = Schedule(optimiser, recipe, STEPS)
        for step in range(STEPS):
            if interrupted and step == 7:
                old_optimiser, old_plan = optimiser.state_dict(), plan.state_dict()
                optimiser = build_optimiser(Model(), recipe)
                plan = Schedule(optimiser, recipe, STEPS)
                optimiser.load_state_dict(old_optimiser)
                plan.load_state_dict(old_plan)
            optimiser.step()
            plan.after_step()
            if step % 4 == 3:
                plan.after_epoch(-step)
        found.append(optimiser.param_groups[0]["lr"])
    assert found[0] == found[1]


def test_the_longest_matching_factor_counts_and_only_matrices_decay() -> None:
    factors = {"encoders.text": 0.5, "encoders.text.words": 0.1}
    optimiser = build_optimiser(
        model := Model(), OptimisationRecipe(learning_rate=1, weight_decay=0.3, learning_rate_factors=factors)
    )
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    found = {
        names[id(parameter)]: (group["lr"], group["weight_decay"])
        for group in optimiser.param_groups
        for parameter in group["params"]
    }
    assert found == {
        "encoders.text.words.weight": (0.1, 0),
        "encoders.text.layer.weight": (0.5, 0.3),
        "encoders.text.layer.bias": (0.5, 0),
        "fusion.weight": (1, 0.3),
        "fusion.bias": (1, 0),
    }


def test_frozen_parameters_are_left_out() -> None:
    model = Model()
    model.fusion.requires_grad_(False)
    groups = build_optimiser(model, OptimisationRecipe()).param_groups
    assert sum(len(group["params"]) for group in groups) == 3
    assert not any(torch.equal(parameter, model.fusion.bias) for group in groups for parameter in group["params"])


def test_what_is_frozen_by_name_neither_learns_nor_measures() -> None:
    model = nn.Sequential(OrderedDict(first=nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3)), second=nn.Linear(3, 1)))
    model.train()
    freeze_parts(model, ["first"])
    before = {name: value.clone() for name, value in model.state_dict().items()}
    optimiser = build_optimiser(model, OptimisationRecipe(learning_rate=1.0))
    torch.autograd.backward(model(torch.randn(8, 2)).square().sum())
    optimiser.step()
    changed = {name for name, value in model.state_dict().items() if not torch.equal(value, before[name])}
    assert changed == {"second.weight", "second.bias"}


@pytest.mark.parametrize(("chosen", "expected"), [(0.5, [0.5, 0.5]), ({"image": 0.2}, [0.0, 0.2]), ({}, [0.0, 0.0])])
def test_modalities_alone_are_weighed_together_or_one_by_one(chosen: Any, expected: list[float]) -> None:
    assert unimodal_weights(OptimisationRecipe(unimodal_weight=chosen), ["text", "image"]) == expected
