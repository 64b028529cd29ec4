"""Random changes to a batch, on the device and to all images at once.

The random numbers of a whole epoch are drawn ahead, so that they lie on the device before a step
needs them.
"""

import torch
from torch import Tensor
from torch.nn import functional

from models import ImageShape

SHIFT_SHARE = 8  # an image moves by up to 1/8 of its side, as usual for CIFAR-10 (4 of 32 pixels)


def draw(kind: str, num_images: int, shape: ImageShape, generator: torch.Generator) -> Tensor:
    """Draw the random numbers that augment() needs for N images: (N, 0 to 3), int64, on the CPU."""
    shifts = [2 * largest + 1 for largest in _max_shift(shape.height, shape.width)]
    highs = {"none": [], "crop": shifts, "crop_and_flip": [*shifts, 2]}[kind]
    draws = torch.empty(num_images, len(highs), dtype=torch.int64)
    for column, high in zip(draws.unbind(dim=1), highs, strict=True):
        column.random_(high, generator=generator)
    return draws


def augment(images: Tensor, draws: Tensor) -> Tensor:
    """Augment images (N, C, H, W) by their draws (N, 0 to 3), on their device."""
    if draws.shape[1] == 0:
        return images
    top, left, *flip = draws.unbind(dim=1)
    images = crop(images, top, left)
    return mirror(images, flip[0]) if flip else images


def crop(images: Tensor, top: Tensor, left: Tensor) -> Tensor:
    """Cut every image out of itself padded by reflection, from row `top` (N,) and column `left` (N,)."""
    num_images, _, height, width = images.shape
    down, across = _max_shift(height, width)
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


def _max_shift(height: int, width: int) -> tuple[int, int]:
    return height // SHIFT_SHARE, width // SHIFT_SHARE
