"""Mann and Kendall's exact test for a trend, over several series at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def rising_p(series: Sequence[Sequence[float]]) -> float:
    """The one-sided p of the hypothesis that all series (one a training) only scatter; small where they rise.

    Kendall's count of pairs in rising order, summed over the series (Mann 1945; Hirsch, Slack and
    Smith 1982). Its distribution is exact, so that three epochs of three seeds can be judged.
    """
    concordant, chances = 0, np.ones(1)
    for values in series:
        concordant += _rising_pairs(np.asarray(values, dtype=np.float64))
        chances = np.convolve(chances, _chances(len(values)))
    return float(min(1.0, chances[concordant:].sum()))


def falling_p(series: Sequence[Sequence[float]]) -> float:
    """The same for series that fall."""
    return rising_p([[-value for value in values] for values in series])


def _rising_pairs(values: NDArray[np.float64]) -> int:
    """Pairs in rising order; equal values count as not rising, which is the cautious side."""
    later = np.triu_indices(len(values), k=1)
    return int(np.count_nonzero(values[later[1]] > values[later[0]]))


def _chances(length: int) -> NDArray[np.float64]:
    """Probability of every number of rising pairs in a random order (Mahonian numbers / length!)."""
    chances = np.ones(1)
    for size in range(2, length + 1):
        chances = np.convolve(chances, np.full(size, 1 / size))
    return chances
