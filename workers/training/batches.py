"""The batches of an epoch: which images each step takes, and the random numbers for augmenting them."""

from collections.abc import Iterator

import torch
from torch import Tensor

from workers.datasets.image_dataset import ImageDataset
from workers.training.augmentation.draws import draw
from workers.training.balancing import draw_balanced
from workers.training.recipe import Recipe


class Batches:
    """Cuts the train split into batches, in an order that is a function of (seed, epoch) alone."""

    def __init__(self, dataset: ImageDataset, recipe: Recipe, seed: int) -> None:
        self._num_images, self._image_shape = len(dataset.train), dataset.image_shape
        self._recipe, self._seed = recipe, seed
        self._labels = dataset.train.labels.cpu() if recipe.balance == "sampling" else None
        self.sizes = batch_sizes(self._num_images, recipe.batch_size)

    def __len__(self) -> int:
        """Steps of an epoch."""
        return len(self.sizes)

    def of_epoch(self, number: int, device: torch.device) -> Iterator[tuple[Tensor, Tensor]]:
        """For every step: the indices of its images (N,) and the draws for their changes (N, …)."""
        generator = torch.Generator().manual_seed(epoch_seed(self._seed, number))
        order = self._order(generator).to(device)
        draws = draw(self._recipe, self._num_images, self._image_shape, generator).to(device)
        return zip(order.split(self.sizes), draws.split(self.sizes), strict=True)

    def _order(self, generator: torch.Generator) -> Tensor:
        if self._labels is None:
            return torch.randperm(self._num_images, generator=generator)
        return draw_balanced(self._labels, generator)


def batch_sizes(num_images: int, batch_size: int) -> list[int]:
    """How many images each step of an epoch takes; no image is left out.

    A single image left over joins the batch before it: batch norm cannot normalise a single value.
    """
    sizes = [batch_size] * (num_images // batch_size)
    rest = num_images % batch_size
    if rest == 1 and sizes:
        sizes[-1] += 1
    elif rest:
        sizes.append(rest)
    return sizes


def epoch_seed(seed: int, epoch: int) -> int:
    """A seed for an epoch of a training, another one for each epoch and each seed of a training."""
    return seed * 1_000_003 + epoch
