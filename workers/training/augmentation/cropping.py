"""Shifted and mirrored images, whose pixels are those of the images."""

import torch
from torch import Tensor
from torch.nn import functional

SHIFT_SHARE = 8  # an image moves by up to 1/8 of its side, as usual for CIFAR-10 (4 of 32 pixels)


def crop(images: Tensor, top: Tensor, left: Tensor) -> Tensor:
    """Cut every image out of itself padded by reflection, from row `top` (N,) and column `left` (N,)."""
    num_images, _, height, width = images.shape
    down, across = max_shift(height, width)
    padded = functional.pad(images, (across, across, down, down), mode="reflect")
    rows = top[:, None] + torch.arange(height, device=images.device)
    columns = left[:, None] + torch.arange(width, device=images.device)
    image = torch.arange(num_images, device=images.device)
    # Advanced indices around a slice put the channel last: (N, H, W, C).
    cropped = padded[image[:, None, None], :, rows[:, :, None], columns[:, None, :]]
    return cropped.permute(0, 3, 1, 2)


def mirror(images: Tensor, flip: Tensor) -> Tensor:
    """Mirror the images whose `flip` (N,) is 1 from left to right."""
    return torch.where(flip.bool()[:, None, None, None], images.flip(3), images)


def max_shift(height: int, width: int) -> tuple[int, int]:
    """How many pixels an image moves at most, down and across."""
    return height // SHIFT_SHARE, width // SHIFT_SHARE
