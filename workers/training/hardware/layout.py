"""The memory layout of images and weights."""

import torch
from torch import nn


def layout_of(network: nn.Module) -> torch.memory_format:
    """Channels last for a network that convolves, because its kernels read that layout.

    A network of matrix products takes flattened images, which must lie channel by channel: in the
    other layout every batch would be copied.
    """
    return torch.channels_last if convolves(network) else torch.contiguous_format


def convolves(network: nn.Module) -> bool:
    """Whether the network has a convolution; without one it has matrix products alone."""
    return any(isinstance(layer, nn.Conv2d) for layer in network.modules())
