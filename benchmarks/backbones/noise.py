"""Pictures whose features are timed: noise, since what is in a picture costs nothing."""

import torch
from torch import Tensor

NETWORK, SIDE, BATCH_SIZE = "efficientnet_lite0", 224, 32


def pictures(number: int) -> Tensor:
    """uint8 images (N, 3, 224, 224), as they lie in a prepared file."""
    generator = torch.Generator().manual_seed(0)
    shape = (number, SIDE, SIDE, 3)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator).permute(0, 3, 1, 2)
