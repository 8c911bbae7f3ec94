"""Residual blocks (He et al. 2016, arXiv:1512.03385) of small two-dimensional networks."""

from torch import Tensor, nn
from torch.nn import functional


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions beside a shortcut; `stride` (rows, columns) makes the image smaller."""

    def __init__(self, channels: int, wider: int, stride: tuple[int, int]) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(channels, wider, 3, stride, 1, bias=False), nn.BatchNorm2d(wider))
        self.second = nn.Sequential(nn.Conv2d(wider, wider, 3, 1, 1, bias=False), nn.BatchNorm2d(wider))
        is_same = channels == wider and stride == (1, 1)
        self.shortcut = (
            nn.Identity()
            if is_same
            else nn.Sequential(nn.Conv2d(channels, wider, 1, stride, bias=False), nn.BatchNorm2d(wider))
        )

    def forward(self, pictures: Tensor, shown: Tensor | None = None) -> Tensor:
        """Return float32 [B, wider, rows, columns]; what `shown` [B, 1, 1, columns] has as 0 counts as padding."""
        hidden = functional.relu(self.first(pictures))
        inner = hidden if shown is None else hidden * shown
        result: Tensor = functional.relu(self.second(inner) + self.shortcut(pictures))
        return result if shown is None else result * shown
