"""Normalisation of stored images to the input of a network."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from models import Backbone
from workers.datasets.image_dataset import ImageDataset


class Moments(NamedTuple):
    """Mean and standard deviation of each channel, of pixels in [0, 1]."""

    mean: tuple[float, ...]
    std: tuple[float, ...]


def moments_of(network: nn.Module, dataset: ImageDataset) -> Moments:
    """By what the images of a dataset are normalised for a network: the moments of its train split.

    A backbone normalises images itself, by the moments of what its weights were trained on: it gets
    pixels in [0, 1].
    """
    if isinstance(network, Backbone):
        channels = dataset.image_shape.channels
        return Moments((0.0,) * channels, (1.0,) * channels)
    return Moments(dataset.mean, dataset.std)


class Normalisation:
    """uint8 images (N, C, H, W) → float32 with mean 0 and variance 1 over the train split."""

    def __init__(
        self,
        mean: tuple[float, ...],
        std: tuple[float, ...],
        device: torch.device,
        *,
        layout: torch.memory_format = torch.channels_last,
    ) -> None:
        self._layout = layout
        # One multiplication and one addition for each pixel: x/255, mean and std in one step.
        scale, offset = 1 / (255 * torch.tensor(std)), -torch.tensor(mean) / torch.tensor(std)
        self._scale, self._offset = (
            constant.view(1, -1, 1, 1).to(device) for constant in (scale, offset)
        )

    def __call__(self, images: Tensor) -> Tensor:
        """Normalise images on their device, where they lie as uint8: a quarter of the memory traffic."""
        # Always a copy: features, which are float32 already, stay as they are.
        floats = images.to(torch.float32, memory_format=self._layout, copy=True)
        return floats.mul_(self._scale).add_(self._offset)

    def from_pixels(self, pixels: Tensor) -> Tensor:
        """Normalise images that are float32 from 0 to 1 already, in their memory."""
        normalised = pixels.mul_(255 * self._scale).add_(self._offset)
        return normalised.contiguous(memory_format=self._layout)
