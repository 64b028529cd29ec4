"""Random changes to a batch, on the device and all images at once."""

import torch
from torch import Tensor
from torch.nn import functional

SHIFT_SHARE = 8  # an image moves by up to 1/8 of its side, as usual for CIFAR-10 (4 of 32 pixels)


def augment(images: Tensor, kind: str, generator: torch.Generator) -> Tensor:
    """Augment images (N, C, H, W); `generator` lives on their device, or on the CPU."""
    if kind == "none":
        return images
    images = random_crop(images, generator)
    return random_flip(images, generator) if kind == "crop_and_flip" else images


def random_crop(images: Tensor, generator: torch.Generator) -> Tensor:
    """Shift every image by its own random number of pixels; the border is mirrored."""
    num_images, _, height, width = images.shape
    down, across = height // SHIFT_SHARE, width // SHIFT_SHARE
    padded = functional.pad(images, (across, across, down, down), mode="reflect")
    top = _integers(2 * down + 1, num_images, generator).to(images.device)
    left = _integers(2 * across + 1, num_images, generator).to(images.device)
    rows = top[:, None] + torch.arange(height, device=images.device)
    columns = left[:, None] + torch.arange(width, device=images.device)
    image = torch.arange(num_images, device=images.device)
    # Advanced indices around a slice put the channel last: (N, H, W, C).
    cropped = padded[image[:, None, None], :, rows[:, :, None], columns[:, None, :]]
    return cropped.permute(0, 3, 1, 2)


def random_flip(images: Tensor, generator: torch.Generator) -> Tensor:
    """Mirror every image left to right, or not, with equal chance."""
    flip = _integers(2, len(images), generator).to(images.device).bool()
    return torch.where(flip[:, None, None, None], images.flip(3), images)


def _integers(high: int, count: int, generator: torch.Generator) -> Tensor:
    return torch.randint(high, (count,), generator=generator, device=generator.device)
