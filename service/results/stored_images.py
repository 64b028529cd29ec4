"""The test images of a dataset, read when a chart shows some of them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from workers.datasets import store


class StoredImages:
    """Gives the images (N, C, H, W) as uint8 when called, None where the dataset is gone or has changed."""

    def __init__(self, folder: Path, dataset: str, sha256: str) -> None:
        self._folder, self._dataset, self._sha256 = folder, dataset, sha256

    def __bool__(self) -> bool:
        """Whether the images are there, without reading them."""
        description = store.describe(self._folder, self._dataset)
        return description is not None and description.sha256 == self._sha256

    def __call__(self) -> NDArray[np.uint8] | None:
        """Read the test split alone."""
        if not self:
            return None
        with safe_open(store.path_of(self._folder, self._dataset), framework="numpy") as file:
            images: NDArray[np.uint8] = file.get_tensor("test_images")
        return images
