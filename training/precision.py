"""Which precision this machine can train a model in."""

from collections.abc import Callable

import torch
from torch import Tensor, nn


def bfloat16_obstacle(model: nn.Module, loss: Callable[[], Tensor], device: torch.device) -> str | None:
    """Return why `loss` of `model` and its gradient can't be computed in bfloat16 on `device`; None if they can.

    They are computed once to find out, because which kernels a processor has depends on the layers and their sizes:
    oneDNN has no bfloat16 LSTM without AVX-512. Weights, their gradients and the random state stay as they are; the
    model is left in training mode.
    """
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    model.eval()  # no dropout, which would draw random numbers, and no batch statistics
    try:
        with torch.autocast(device.type, torch.bfloat16):
            value = loss()
        torch.autograd.grad(value, learning, allow_unused=True)
    except RuntimeError as error:
        return str(error).splitlines()[0].split(". ")[0].rstrip(".")
    finally:
        model.train()
    return None
