"""McNemar's exact test: do two networks err on the same images equally often?"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field
from scipy import stats

Correct = NDArray[np.bool_]


class Flips(BaseModel):
    """Two architectures trained with the same seed, image by image; with folds, on those of all folds."""

    seed: int
    right_to_wrong: int = Field(description="test images that only the better one gets right")
    wrong_to_right: int = Field(description="test images that only the other one gets right")
    p: float = Field(description="McNemar's exact test, two-sided")


def flips(correct: Mapping[int, tuple[Correct, Correct]]) -> list[Flips]:
    """Count the images that one network alone gets right, and test the counts.

    `correct` says by seed which images (N,) the better network and the other classify correctly.
    """
    won, lost = (
        np.array([(pair[ours] & ~pair[1 - ours]).sum() for pair in correct.values()])
        for ours in (0, 1)
    )
    numbers = zip(correct, won.tolist(), lost.tolist(), exact_p(won, lost).tolist(), strict=True)
    return [
        Flips(seed=seed, right_to_wrong=right_to_wrong, wrong_to_right=wrong_to_right, p=p)
        for seed, right_to_wrong, wrong_to_right, p in numbers
    ]


def exact_p(first: int | NDArray[np.int64], second: int | NDArray[np.int64]) -> NDArray[np.float64]:
    """Two-sided p of counts that a fair coin would split alike (McNemar 1947, exact binomial)."""
    both = np.add(first, second)
    tail = stats.binom.cdf(np.minimum(first, second), both, 0.5)
    return np.asarray(np.minimum(1.0, 2 * tail), dtype=np.float64)


def combined_p(values: Sequence[float]) -> float:
    """One p from those of several seeds, which are about the same images and so depend on each other.

    n / k times the k-th smallest, with the median for k: valid under any dependence (Rüger 1978).
    More seeds cannot make it smaller than a typical one of them.
    """
    middle = (len(values) + 1) // 2
    return min(1.0, len(values) / middle * sorted(values)[middle - 1])
