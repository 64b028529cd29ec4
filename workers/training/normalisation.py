"""Normalisation of stored images to the input of a network."""

import torch
from torch import Tensor


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
        floats = images.to(torch.float32, memory_format=self._layout)
        return floats.mul_(self._scale).add_(self._offset)

    def from_pixels(self, pixels: Tensor) -> Tensor:
        """Normalise images that are float32 from 0 to 1 already, in their memory."""
        normalised = pixels.mul_(255 * self._scale).add_(self._offset)
        return normalised.contiguous(memory_format=self._layout)
