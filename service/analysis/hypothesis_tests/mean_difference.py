"""The mean difference of two architectures, and how sure it is by one source of chance or several.

Its variance is the sum of those of the sources, each estimated with its own degrees of freedom.
Confidence limits take the critical value of each part (Howe 1974):

    half width² = Σ t²(degrees of freedom of a source) · variance by that source

and p is the level at which that interval just touches zero. With a single source that is Student's t.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

SMALLEST_P = 1e-16
STEPS = 60  # of bisection: 16 decades to more than double precision

Floats = NDArray[np.float64]
Numbers = float | Floats


class Source(NamedTuple):
    """A source of chance: the variance it gives the mean, and the degrees of freedom of that estimate."""

    variance: Numbers
    degrees_of_freedom: int


@dataclass(frozen=True)
class MeanDifference:
    """The mean difference of a pair and its sources of chance; arrays of one shape for several pairs."""

    mean: Numbers
    sources: tuple[Source, ...]

    @property
    def degrees_of_freedom(self) -> tuple[int, ...]:
        """Those of each source: pairs that share them can be stacked."""
        return tuple(source.degrees_of_freedom for source in self.sources)

    def half_width(self, level: ArrayLike) -> Floats:
        """Half the width of the two-sided interval at `level` (0.05: the 95 % interval)."""
        tail = np.asarray(level) / 2
        squares = [
            _critical(tail, degrees_of_freedom) ** 2 * variance
            for variance, degrees_of_freedom in self.sources
        ]
        return np.asarray(np.sqrt(np.sum(squares, axis=0)))

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
        distance = margin - np.abs(self.mean)  # to the nearer limit; the other is no closer call
        half = self.p(distance) / 2
        return np.where(distance > 0, half, 1 - half)


def _critical(tail: ArrayLike, degrees_of_freedom: int) -> Floats:
    """The value that Student's t exceeds with probability `tail`; scipy's bare function, for speed."""
    return np.asarray(-special.stdtrit(degrees_of_freedom, tail))


def stack(differences: Sequence[MeanDifference]) -> MeanDifference:
    """One MeanDifference whose numbers are arrays, from several of the same degrees of freedom."""
    means = np.asarray([difference.mean for difference in differences])
    sources = [
        Source(np.asarray([source.variance for source in same]), same[0].degrees_of_freedom)
        for same in zip(*(difference.sources for difference in differences), strict=True)
    ]
    return MeanDifference(means, tuple(sources))
