"""Optimiser and learning-rate schedule."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import field
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from torch import nn
from torch.optim import AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR, ReduceLROnPlateau

Fraction = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(gt=0)]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class OptimisationRecipe:
    """How a model is fitted."""

    epochs: Count = 5
    head_epochs: Annotated[int, Field(ge=0)] = 0
    """Of these, how many at the start teach only what is new: published networks rest, so that heads which know
    nothing yet don't spoil them (Kumar et al. 2022, arXiv:2202.10054). None of them is the best while others follow."""
    batch_size: Count = 64
    learning_rate: Positive = 2e-3
    learning_rate_factors: dict[str, Positive] = field(default_factory=dict)
    """Factor on the learning rate for the parameters whose name starts with a key, such as `encoders.text.words`."""
    freeze: tuple[str, ...] = ()
    """Names, such as `encoders.text`, of what rests: it does not learn, and works as it does after training."""
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    schedule: Literal["constant", "cosine", "plateau"] = "cosine"
    """`plateau` lowers the rate when epochs brought nothing; `cosine` ends at zero."""
    plateau_patience: Annotated[int, Field(ge=0)] = 0
    """Of `plateau`: how many such epochs in a row are borne."""
    plateau_factor: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """Of `plateau`: what the rate is then multiplied by."""
    warmup: Fraction = 0.1
    """Share of all steps over which the rate rises from zero."""
    gradient_clip: Positive = 1.0
    """Largest norm of the gradient."""
    label_smoothing: Fraction = 0.0
    class_weights: Literal["none", "balanced"] | Annotated[float, Field(gt=0, lt=1)] = "none"
    """`balanced` weighs each class by the inverse of its frequency; a number is a power of that, and milder."""
    unimodal_weight: NotNegative | dict[str, NotNegative] = 0.0
    """Weight of the loss from each modality alone, beside that from all of an item's modalities together; by modality,
    or the same for each. A modality that has none is not trained alone."""
    consistency: NotNegative = 0.0
    """Weight of the divergence between two answers to the same batch, each under its own dropout (R-Drop, Liang et al.
    2021, arXiv:2106.14448). A step then takes twice the time."""
    weight_average: Fraction = 0.0
    """How much of the running mean of the weights stays at each step; that mean is what is predicted and kept."""
    patience: Count = 2
    """Epochs without a better validation score before training stops, counted after the head epochs."""
    monitor: Literal["accuracy", "macro_f1", "loss"] = "macro_f1"
    """Which validation figure, averaged over the heads, decides what is best."""
    mixed_precision: bool = True
    """Compute in bfloat16 on a GPU, or in float32 if it can't; a CPU computes in float32."""
    mixed_precision_on_cpu: bool = False
    """Compute in bfloat16 on a CPU too, which only pays where it has instructions for that; float32 if it can't."""


def class_balance(recipe: OptimisationRecipe) -> float:
    """Return the power of the inverse frequency by which the classes are weighed."""
    named = {"none": 0.0, "balanced": 1.0}
    chosen = recipe.class_weights
    return named[chosen] if isinstance(chosen, str) else chosen


def unimodal_weights(recipe: OptimisationRecipe, modalities: Iterable[str]) -> list[float]:
    """Return the weight of the loss from each modality alone."""
    chosen = recipe.unimodal_weight
    return [chosen.get(name, 0.0) if isinstance(chosen, dict) else chosen for name in modalities]


def build_optimiser(model: nn.Module, recipe: OptimisationRecipe) -> AdamW:
    """Return AdamW (Loshchilov and Hutter 2019); biases, normalisations and word vectors are not decayed."""
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            decay = 0.0 if parameter.ndim < 2 or ".words." in name else recipe.weight_decay
            groups.setdefault((_factor(name, recipe), decay), []).append(parameter)
    return AdamW(
        {"params": parameters, "lr": recipe.learning_rate * factor, "weight_decay": decay}
        for (factor, decay), parameters in groups.items()
    )


def freeze_parts(model: nn.Module, names: Sequence[str]) -> None:
    """Let what starts with one of `names` rest, in a model that is in training mode."""
    for name, parameter in model.named_parameters():
        if name.startswith(tuple(names)):
            parameter.requires_grad_(False)
    for name, module in model.named_modules():
        if name.startswith(tuple(names)):
            module.eval()


def _factor(name: str, recipe: OptimisationRecipe) -> float:
    matches = [prefix for prefix in recipe.learning_rate_factors if name.startswith(prefix)]
    return recipe.learning_rate_factors[max(matches, key=len)] if matches else 1.0


class Schedule:
    """The learning rate over steps and, for `plateau`, epochs."""

    def __init__(self, optimiser: Optimizer, recipe: OptimisationRecipe, steps: int) -> None:
        """Plan for `steps` steps in all."""
        self._warm = max(1, round(recipe.warmup * steps))
        self._by_step = LambdaLR(optimiser, lambda step: _rate(step, self._warm, steps, recipe.schedule))
        plateau = ReduceLROnPlateau(
            optimiser, mode="max", factor=recipe.plateau_factor, patience=recipe.plateau_patience
        )
        self._by_epoch = plateau if recipe.schedule == "plateau" else None

    def after_step(self) -> None:
        """Follow the planned curve; `plateau` has none after its warm-up."""
        if self._by_epoch is None or self._by_step.last_epoch < self._warm:
            self._by_step.step()

    def after_epoch(self, score: float) -> None:
        """Tell how good the epoch was: higher is better."""
        if self._by_epoch is not None:
            self._by_epoch.step(score)

    def state_dict(self) -> dict[str, Any]:
        """Return what resuming needs."""
        by_epoch = self._by_epoch.state_dict() if self._by_epoch else {}
        return {"by_step": self._by_step.state_dict(), "by_epoch": by_epoch}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore what `state_dict` returned."""
        self._by_step.load_state_dict(state["by_step"])
        if self._by_epoch:
            self._by_epoch.load_state_dict(state["by_epoch"])


def _rate(step: int, warm: int, steps: int, schedule: str) -> float:
    if step < warm:
        return (step + 1) / warm
    if schedule != "cosine":
        return 1.0
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warm) / max(1, steps - warm))))
