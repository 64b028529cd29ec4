"""What trainings say of the images they did not train on, averaged over the trainings."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from workers.datasets.checks._gathered import HeldOut


class MeanProbabilities:
    """The mean probabilities of each image, over the trainings that have kept those of it."""

    def __init__(self, num_images: int) -> None:
        self._total: NDArray[np.float64] | None = None  # (num_images, classes)
        self._counts = np.zeros(num_images, np.int64)  # of the trainings in `_total`
        self._num_trainings = 0

    def add(
        self,
        images: Mapping[str, NDArray[np.int64]],
        probabilities: Mapping[str, NDArray[np.float64]],
    ) -> None:
        """Add what a training says (n, classes) of the `images` (n,) of a split, where the sizes agree."""
        kept = [
            (images[split], found)
            for split, found in probabilities.items()
            if split in images and len(images[split]) == len(found)
        ]
        for numbers, found in kept:
            if self._total is None:
                self._total = np.zeros((len(self._counts), found.shape[1]))
            self._total[numbers] += found
            self._counts[numbers] += 1
        self._num_trainings += bool(kept)

    def held_out(self, validation: NDArray[np.int64]) -> HeldOut | None:
        """The mean over trainings on a dataset's own splits; `validation` (n,) are the images of that."""
        has_validation = bool(self._counts[validation].any())
        return self._result("validation and test" if has_validation else "the test split alone")

    def held_out_of_folds(self, folds: int) -> HeldOut | None:
        """The mean over trainings of which each was tested on a fold."""
        num_images = int((self._counts > 0).sum())
        is_whole = num_images == len(self._counts)
        which = "every image" if is_whole else f"{num_images:,} images"  # an artifact may be lost
        return self._result(f"{which}, from {folds} folds")

    def _result(self, source: str) -> HeldOut | None:
        if self._total is None:
            return None
        images = np.flatnonzero(self._counts)
        mean = self._total[images] / self._counts[images, np.newaxis]
        return HeldOut(source, images, mean, self._num_trainings)
