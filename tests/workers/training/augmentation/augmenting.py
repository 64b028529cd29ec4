"""What a recipe does to a batch."""

import torch
from torch import Tensor

from models import ImageShape
from workers.training.augmentation.augment import augment
from workers.training.augmentation.draws import draw
from workers.training.normalisation import Normalisation
from workers.training.recipe import Recipe

CPU = torch.device("cpu")


def to_pixels(channels: int, device: torch.device = CPU) -> Normalisation:
    """A normalisation that leaves pixels between 0 and 1."""
    return Normalisation((0.0,) * channels, (1.0,) * channels, device)


def noise(num_images: int, height: int, width: int, channels: int = 1) -> Tensor:
    """Images (N, C, H, W) as they are stored."""
    generator = torch.Generator().manual_seed(0)
    shape = (num_images, channels, height, width)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)


def augmented(
    stored: Tensor, recipe: Recipe, seed: int = 0, normalise: Normalisation | None = None
) -> Tensor:
    """Stored images, augmented by draws from `seed`: pixels of 0 to 1, or normalised by `normalise`."""
    shape = ImageShape(*stored.shape[1:])
    draws = draw(recipe, len(stored), shape, torch.Generator().manual_seed(seed))
    labels = torch.zeros(len(stored), dtype=torch.int64, device=stored.device)
    normalise = normalise or to_pixels(shape.channels, stored.device)
    images, _ = augment(stored, labels, draws.to(stored.device), recipe, normalise)
    return images
