"""Bootstrap over test images: which differences other test images of the same kind would have shown."""

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 5000
CHUNK = 250  # resamples at a time: bounds memory to 20 MB at 10,000 images
SEED = 20_220_401  # the same numbers give the same interval

Floats = NDArray[np.float64]


def intervals(
    differences: Floats, *, confidence: float = 0.95, resamples: int = RESAMPLES
) -> tuple[Floats, Floats]:
    """Lower and upper ends (P,) of percentile intervals for the column means of `differences` (N, P).

    Images are drawn with replacement; every column sees the same draws, so that pairs stay paired.
    """
    num_images = len(differences)
    telling = np.flatnonzero(differences.any(axis=1))  # the others add nothing to any mean
    of_them = differences[telling]
    generator = np.random.default_rng(SEED)
    means = np.empty((resamples, differences.shape[1]))
    for start in range(0, resamples, CHUNK):
        count = min(CHUNK, resamples - start)
        weights = _weights(generator, count, num_images)[:, telling]
        means[start : start + count] = weights @ of_them / num_images
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail], axis=0)
    return low, high


def _weights(generator: np.random.Generator, count: int, num_images: int) -> Floats:
    """How often each image is drawn, (count, num_images): rows of a multinomial distribution."""
    drawn = generator.integers(0, num_images, (count, num_images))
    drawn += np.arange(count)[:, None] * num_images
    counts = np.bincount(drawn.ravel(), minlength=count * num_images)
    return counts.reshape(count, num_images).astype(np.float64)
