"""The images on which networks were tested, read when a chart shows some of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.analysis.results import Images
from workers.datasets.listings.splits import fold_numbers
from workers.datasets.stored.loading import mapped_images, mapped_split
from workers.datasets.stored.store import DatasetGoneError, DatasetStore
from workers.storage.ready_datasets import DatasetIdentity


@dataclass(frozen=True, eq=False)
class StoredImages:
    """Gives the images when called, None where their dataset is gone.

    Without folds they are the test split; with a fold, its images; with folds alone, those of all
    folds, one fold after the other.
    """

    datasets: DatasetStore
    identity: DatasetIdentity | None
    dataset: str
    folds: int | None = None
    fold: int | None = None

    def are_stored(self) -> bool:
        """Whether the images are there, without reading them."""
        return self.identity is not None and self.datasets.has(self.identity)

    def __call__(self) -> Images | None:
        """Map the file; no image is read until it is looked at."""
        if self.identity is None:
            return None
        try:
            path = self.datasets.path(self.identity, self.dataset)
        except DatasetGoneError:
            return None
        if self.folds is None:
            images, _ = mapped_split(path, "test")
            return images.transpose(0, 3, 1, 2)
        images, labels = mapped_images(path)
        numbers = fold_numbers(labels, self.folds)
        order = np.argsort(numbers, kind="stable")
        if self.fold is not None:
            order = np.flatnonzero(numbers == self.fold)
        return ChosenImages(images, order)


@dataclass(frozen=True, eq=False)
class ChosenImages:
    """Some images of a mapped file: an index reads those that it names, and no others."""

    images: NDArray[np.uint8]  # (N, H, W, C)
    order: NDArray[np.int64]  # (n,) where they are in `images`

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, index: int | NDArray[np.int64]) -> NDArray[np.uint8]:
        """The image (C, H, W) at a position, or the images (m, C, H, W) at positions (m,)."""
        return np.moveaxis(self.images[self.order[index]], -1, -3)
