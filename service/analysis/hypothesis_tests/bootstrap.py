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
    telling = differences[differences.any(axis=1)]  # the other images add nothing to any mean
    generator = np.random.default_rng(SEED)
    means = np.zeros((resamples, differences.shape[1]))
    for start in range(0, resamples if len(telling) else 0, CHUNK):
        count = min(CHUNK, resamples - start)
        weights = _weights(generator, count, num_images, len(telling))
        means[start : start + count] = weights @ telling / num_images
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail], axis=0)
    return low, high


def _weights(
    generator: np.random.Generator, count: int, num_images: int, num_telling: int
) -> Floats:
    """How often each telling image is drawn, (count, num_telling), when num_images are drawn of all.

    How many of the draws fall on telling images is binomial, on which of them is uniform.
    """
    of_each = generator.binomial(num_images, num_telling / num_images, count)
    places = np.repeat(np.arange(count) * num_telling, of_each)
    places += generator.integers(0, num_telling, len(places))
    counts = np.bincount(places, minlength=count * num_telling)
    return counts.reshape(count, num_telling).astype(np.float64)
