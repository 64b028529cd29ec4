"""Every two architectures of a comparison, tested against each other on the same images and seeds."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from service.analysis.bootstrap import RESAMPLES, intervals
from service.analysis.holm import holm
from service.analysis.images_and_seeds import mean_difference, together
from service.analysis.mcnemar import Flips, combined_p, flips
from service.analysis.results import ComparisonResults

LEVEL = 0.05
MARGIN = 0.005  # of accuracy: half a point


class Finding(StrEnum):
    """What may be said of two architectures."""

    BETTER = "better"
    EQUIVALENT = "equivalent"
    NOT_SHOWN = "no difference shown"


class PairStatistics(BaseModel):
    """Two architectures; differences are those of test accuracy, the better one's minus the other's."""

    better: str = Field(description="the higher mean test accuracy", examples=["cnn"])
    worse: str = Field(examples=["fully_connected"])
    finding: Finding
    seeds: list[int] = Field(description="with which both have succeeded")
    images: int
    difference: float = Field(description="mean over images and seeds, as a share of images")
    low: float = Field(description="95 % bootstrap interval over images, seeds averaged in each")
    high: float
    low_with_seeds: float = Field(description="95 % interval over images and seeds")
    high_with_seeds: float
    mcnemar: list[Flips] = Field(description="exact test, seed by seed")
    mcnemar_p: float = Field(description="of all seeds together")
    p_with_seeds: float = Field(description="images and seeds both taken as chance")
    p: float = Field(description="the larger of the two")
    p_adjusted: float = Field(description="p after Holm's correction over all pairs")
    cohens_g: float = Field(
        description="effect size: share of the images only one gets right that are the better's,"
        " minus 1/2; 0.05 small, 0.15 medium, 0.25 large"
    )
    equivalence_p: float = Field(description="two one-sided tests against the margin")
    equivalence_p_adjusted: float = Field(description="after Holm's correction over all pairs")


class Statistics(BaseModel):
    """Paired tests between every two architectures, the accuracy of the better one first."""

    margin: float = Field(description="differences of accuracy below it count as equivalent")
    level: float = LEVEL
    resamples: int = RESAMPLES
    pairs: list[PairStatistics]
    left_out: list[str] = Field(
        description="pairs without a common seed whose predictions are kept"
    )


@dataclass(frozen=True)
class Pair:
    """Which images (S, N) two architectures get right, seed by seed."""

    better: str
    worse: str
    seeds: list[int]
    better_correct: NDArray[np.bool_]
    worse_correct: NDArray[np.bool_]


#: What was tested before of the same results: a report's sentences, its table and its chart are one.
_TESTED: WeakKeyDictionary[ComparisonResults, dict[float, Statistics]] = WeakKeyDictionary()


def statistics(results: ComparisonResults, *, margin: float = MARGIN) -> Statistics:
    """Test every two architectures that have a seed in common."""
    known = _TESTED.setdefault(results, {})
    if margin not in known:
        known[margin] = _statistics(results, margin)
    return known[margin]


def _statistics(results: ComparisonResults, margin: float) -> Statistics:
    combinations = list(itertools.combinations(results.with_results, 2))
    found = [pair(results, first, second) for first, second in combinations]
    pairs = [one for one in found if one is not None]
    missing = [
        f"{first} and {second}"
        for (first, second), one in zip(combinations, found, strict=True)
        if one is None
    ]
    tested = _tested(pairs, margin)
    tested.sort(key=lambda one: one.difference, reverse=True)
    return Statistics(margin=margin, pairs=tested, left_out=missing)


def pair(results: ComparisonResults, first: str, second: str) -> Pair | None:
    """What two architectures got right with the seeds they share; None where they share none."""
    ours, theirs = results.judged(first), results.judged(second)
    seeds = [seed for seed in ours if seed in theirs and ours[seed].same_images(theirs[seed])]
    if not seeds:
        return None
    left = np.stack([ours[seed].correct for seed in seeds])
    right = np.stack([theirs[seed].correct for seed in seeds])
    if right.mean() > left.mean():
        first, second, left, right = second, first, right, left
    return Pair(first, second, seeds, left, right)


def _tested(pairs: Sequence[Pair], margin: float) -> list[PairStatistics]:
    if not pairs:
        return []
    intervals_of = zip(*_bootstrapped(pairs), strict=True)
    tested = [
        _pair_statistics(one, (float(low), float(high)), with_seeds)
        for one, (low, high), with_seeds in zip(
            pairs, intervals_of, _with_seeds(pairs, margin), strict=True
        )
    ]
    adjusted = holm([one.p for one in tested])
    equivalence = holm([one.equivalence_p for one in tested])
    return [
        one.model_copy(
            update={
                "p_adjusted": p,
                "equivalence_p_adjusted": same,
                "finding": _finding(one, p, same),
            }
        )
        for one, p, same in zip(tested, adjusted, equivalence, strict=True)
    ]


def _bootstrapped(pairs: Sequence[Pair]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    columns = [
        np.subtract(one.better_correct, one.worse_correct, dtype=np.float64).mean(axis=0)
        for one in pairs
    ]
    return intervals(np.stack(columns, axis=1))


class WithSeeds(NamedTuple):
    """One pair, images and seeds both taken as chance."""

    mean: float
    half_width: float
    p: float
    equivalence_p: float


def _with_seeds(pairs: Sequence[Pair], margin: float) -> list[WithSeeds]:
    """Of every pair; those of as many seeds are computed together."""
    differences = [mean_difference(one.better_correct, one.worse_correct) for one in pairs]
    found: dict[int, WithSeeds] = {}
    for num_seeds in {one.num_seeds for one in differences}:
        places = [i for i, one in enumerate(differences) if one.num_seeds == num_seeds]
        same = together([differences[place] for place in places])
        columns = np.stack(
            [
                np.asarray(same.mean),
                same.half_width(LEVEL),
                same.p(),
                same.equivalence_p(margin),
            ],
            axis=1,
        )
        for place, numbers in zip(places, columns.tolist(), strict=True):
            found[place] = WithSeeds(*numbers)
    return [found[place] for place in range(len(pairs))]


def _pair_statistics(
    pair: Pair, interval: tuple[float, float], with_seeds: WithSeeds
) -> PairStatistics:
    counted = flips(pair.seeds, pair.better_correct, pair.worse_correct)
    mcnemar_p = combined_p([one.p for one in counted])
    won = sum(one.right_to_wrong for one in counted)
    lost = sum(one.wrong_to_right for one in counted)
    return PairStatistics(
        better=pair.better,
        worse=pair.worse,
        finding=Finding.NOT_SHOWN,
        seeds=pair.seeds,
        images=pair.better_correct.shape[1],
        difference=with_seeds.mean,
        low=interval[0],
        high=interval[1],
        low_with_seeds=with_seeds.mean - with_seeds.half_width,
        high_with_seeds=with_seeds.mean + with_seeds.half_width,
        mcnemar=counted,
        mcnemar_p=mcnemar_p,
        p_with_seeds=with_seeds.p,
        p=max(mcnemar_p, with_seeds.p),
        p_adjusted=1.0,
        cohens_g=won / (won + lost) - 0.5 if won + lost else 0.0,
        equivalence_p=with_seeds.equivalence_p,
        equivalence_p_adjusted=1.0,
    )


def _finding(pair: PairStatistics, p: float, equivalence_p: float) -> Finding:
    """No more than every interval and test together allow."""
    if p <= LEVEL and pair.low > 0 and pair.low_with_seeds > 0:
        return Finding.BETTER
    return Finding.EQUIVALENT if equivalence_p <= LEVEL else Finding.NOT_SHOWN
