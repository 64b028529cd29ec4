"""Two sources of chance: which images were tested on, and which seeds were trained with.

The mean difference of two architectures would have been another with other test images and another
with other seeds. Its variance is estimated as the sum of both, each with its own degrees of freedom:
many images, few seeds. The sum counts the part that images and seeds share twice; it errs towards
caution. Confidence limits take the critical value of each part (Howe 1974):

    half width² = t²(images − 1) · variance over images + t²(seeds − 1) · variance over seeds

and p is the level at which that interval just touches zero. Three seeds therefore never count for
more than three, however many images each has seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

SMALLEST_P = 1e-16
STEPS = 60  # of bisection: 16 decades to more than double precision

Floats = NDArray[np.float64]
Numbers = float | Floats


@dataclass(frozen=True)
class MeanDifference:
    """The mean difference of a pair and its variances; arrays of one shape for several pairs."""

    mean: Numbers
    image_variance: Numbers  # of the mean, by the choice of images
    seed_variance: Numbers  # of the mean, by the choice of seeds; 0 with one seed
    num_images: int
    num_seeds: int

    def half_width(self, level: ArrayLike) -> Floats:
        """Half the width of the two-sided interval at `level` (0.05: the 95 % interval)."""
        tail = np.asarray(level) / 2
        images = _critical(tail, max(1, self.num_images - 1)) ** 2 * self.image_variance
        if self.num_seeds == 1:
            return np.asarray(np.sqrt(images))
        seeds = _critical(tail, self.num_seeds - 1) ** 2 * self.seed_variance
        return np.asarray(np.sqrt(images + seeds))

    def p(self, distance: ArrayLike | None = None) -> Floats:
        """The two-sided p of a true difference that lies `distance` away; by default that of zero."""
        away = np.abs(self.mean if distance is None else distance)
        low = np.full(np.shape(away), np.log(SMALLEST_P))
        high = np.zeros(np.shape(away))
        for _ in range(STEPS):
            middle = (low + high) / 2
            reaches = self.half_width(np.exp(middle)) >= away
            low, high = np.where(reaches, middle, low), np.where(reaches, high, middle)
        return np.asarray(np.exp(low))

    def equivalence_p(self, margin: float) -> Floats:
        """The larger p of two one-sided tests (Schuirmann 1987): is it below `margin` on both sides?"""
        room = margin - np.abs(self.mean)  # to the nearer limit; the other is no closer call
        half = self.p(room) / 2
        return np.where(room > 0, half, 1 - half)


def _critical(tail: ArrayLike, degrees_of_freedom: int) -> Floats:
    """The value that Student's t exceeds with probability `tail`; scipy's bare function, for speed."""
    return np.asarray(-special.stdtrit(degrees_of_freedom, tail))


def stacked(differences: Sequence[MeanDifference]) -> MeanDifference:
    """One MeanDifference whose numbers are arrays, from several over equally many images and seeds."""
    first = differences[0]
    mean, images, seeds = np.transpose(
        [(pair.mean, pair.image_variance, pair.seed_variance) for pair in differences]
    )
    return MeanDifference(mean, images, seeds, first.num_images, first.num_seeds)


def mean_difference(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> MeanDifference:
    """How much more often `first` is correct than `second`: (..., S, N), seeds matched, images paired.

    One flip is added on either side, half an image each, so that networks which never differ on the
    images at hand are not taken to be equal on all others.
    """
    differences = np.subtract(first, second, dtype=np.float64)
    num_seeds, num_images = differences.shape[-2:]
    of_images = differences.mean(axis=-2)
    spread = num_images * of_images.var(axis=-1) + 1
    of_seeds = differences.mean(axis=-1)
    seed_variance = (
        of_seeds.var(axis=-1, ddof=1) / num_seeds
        if num_seeds > 1
        else np.zeros(of_seeds.shape[:-1])
    )
    return MeanDifference(
        mean=of_images.mean(axis=-1),
        image_variance=spread / num_images**2,
        seed_variance=seed_variance,
        num_images=num_images,
        num_seeds=num_seeds,
    )
