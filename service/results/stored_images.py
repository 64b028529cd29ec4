"""The test images of a dataset, read when a chart shows some of them."""

import numpy as np
from numpy.typing import NDArray

from workers.datasets.stored.loading import mapped_split
from workers.datasets.stored.store import DatasetGoneError, DatasetStore
from workers.storage.datasets import DatasetIdentity


class StoredImages:
    """Gives the images (N, C, H, W) as uint8 when called, None where their dataset is gone."""

    def __init__(
        self, datasets: DatasetStore, identity: DatasetIdentity | None, dataset: str
    ) -> None:
        self._datasets, self._identity, self._dataset = datasets, identity, dataset

    def __bool__(self) -> bool:
        """Whether the images are there, without reading them."""
        return self._identity is not None and self._datasets.has(self._identity)

    def __call__(self) -> NDArray[np.uint8] | None:
        """Map the test split alone; nothing is read until it is looked at."""
        if self._identity is None:
            return None
        try:
            path = self._datasets.path(self._identity, self._dataset)
        except DatasetGoneError:
            return None
        images, _ = mapped_split(path, "test")
        return images.transpose(0, 3, 1, 2)
