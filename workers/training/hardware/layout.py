"""How images and weights lie in memory."""

import torch
from torch import nn


def layout_of(network: nn.Module) -> torch.memory_format:
    """Channels last where a network convolves, which is how its kernels read them.

    Where it only multiplies, an image flattened must lie channel by channel, or each batch is copied.
    """
    return torch.channels_last if convolves(network) else torch.contiguous_format


def convolves(network: nn.Module) -> bool:
    """Whether it has a convolution, as against matrix products alone."""
    return any(isinstance(layer, nn.Conv2d) for layer in network.modules())
