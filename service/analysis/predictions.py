"""The predictions of one trained network on the test split."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Predictions:
    """Probabilities (N, num_classes) of the test images, and their true classes (N,)."""

    probabilities: NDArray[np.float32]
    labels: NDArray[np.int64]

    @functools.cached_property
    def predicted(self) -> NDArray[np.int64]:
        """The most probable class of every image (N,)."""
        return np.asarray(self.probabilities.argmax(axis=1))

    @functools.cached_property
    def correct(self) -> NDArray[np.bool_]:
        """Which images (N,) are classified correctly."""
        return np.asarray(self.predicted == self.labels)

    def same_images(self, other: "Predictions") -> bool:
        """Whether both can come from the same test images: the true classes agree, image by image."""
        return np.array_equal(self.labels, other.labels)


def pool(parts: Sequence[Predictions]) -> Predictions:
    """The predictions of several test splits as those of one, in the order given."""
    if len(parts) == 1:
        return parts[0]
    return Predictions(
        np.concatenate([part.probabilities for part in parts]),
        np.concatenate([part.labels for part in parts]),
    )
