"""Every two architectures of a comparison, tested against each other on the same images and seeds."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from service.analysis.hypothesis_tests.bootstrap import intervals
from service.analysis.hypothesis_tests.holm import holm
from service.analysis.hypothesis_tests.images_and_seeds import mean_difference, stacked
from service.analysis.hypothesis_tests.mcnemar import combined_p, flips
from service.analysis.pair_statistics import (
    LEVEL,
    MARGIN,
    Finding,
    PairStatistics,
    Statistics,
)
from service.analysis.results import ComparisonResults


@dataclass(frozen=True)
class Pair:
    """Which images (S, N) two architectures classify correctly, seed by seed."""

    better: str
    worse: str
    seeds: list[int]
    better_correct: NDArray[np.bool_]
    worse_correct: NDArray[np.bool_]


class WithSeeds(NamedTuple):
    """The tests of one pair that take both images and seeds as chance."""

    mean: float
    half_width: float
    p: float
    equivalence_p: float


#: Margin → statistics, by results: the sentences, the table and the chart of a report share one test.
_CACHE: WeakKeyDictionary[ComparisonResults, dict[float, Statistics]] = WeakKeyDictionary()


def compare_pairs(results: ComparisonResults, *, margin: float = MARGIN) -> Statistics:
    """Test every two architectures that have a seed in common."""
    by_margin = _CACHE.setdefault(results, {})
    if margin not in by_margin:
        by_margin[margin] = _compare_pairs(results, margin)
    return by_margin[margin]


def _compare_pairs(results: ComparisonResults, margin: float) -> Statistics:
    pairs, left_out = [], []
    for first, second in itertools.combinations(results.with_results, 2):
        pair = _matched(results, first, second)
        if pair:
            pairs.append(pair)
        else:
            left_out.append(f"{first} and {second}")
    tested = _corrected(_tested(pairs, margin)) if pairs else []
    tested.sort(key=lambda pair: pair.difference, reverse=True)
    return Statistics(margin=margin, pairs=tested, left_out=left_out)


def _matched(results: ComparisonResults, first: str, second: str) -> Pair | None:
    """The seeds that two architectures share; None where they share none."""
    ours, theirs = results.predictions_of(first), results.predictions_of(second)
    seeds = [seed for seed in ours if seed in theirs and ours[seed].same_images(theirs[seed])]
    if not seeds:
        return None
    left = np.stack([ours[seed].correct for seed in seeds])
    right = np.stack([theirs[seed].correct for seed in seeds])
    if right.mean() > left.mean():
        first, second, left, right = second, first, right, left
    return Pair(first, second, seeds, left, right)


def _tested(pairs: Sequence[Pair], margin: float) -> list[PairStatistics]:
    lows, highs = _bootstrapped(pairs)
    with_seeds = _tested_with_seeds(pairs, margin)
    return [
        _pair_statistics(*numbers)
        for numbers in zip(pairs, lows.tolist(), highs.tolist(), with_seeds, strict=True)
    ]


def _corrected(tested: Sequence[PairStatistics]) -> list[PairStatistics]:
    """The same pairs with Holm's correction over all of them, and what it lets us find."""
    adjusted = holm([pair.p for pair in tested])
    equivalence = holm([pair.equivalence_p for pair in tested])
    return [
        pair.model_copy(
            update={
                "p_adjusted": p,
                "equivalence_p_adjusted": equivalence_p,
                "finding": _finding(pair, p, equivalence_p),
            }
        )
        for pair, p, equivalence_p in zip(tested, adjusted, equivalence, strict=True)
    ]


def _bootstrapped(pairs: Sequence[Pair]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    columns = [
        np.subtract(pair.better_correct, pair.worse_correct, dtype=np.float64).mean(axis=0)
        for pair in pairs
    ]
    return intervals(np.stack(columns, axis=1))


def _tested_with_seeds(pairs: Sequence[Pair], margin: float) -> list[WithSeeds]:
    """Test every pair; pairs with equally many seeds are computed together."""
    differences = [mean_difference(pair.better_correct, pair.worse_correct) for pair in pairs]
    tested: dict[int, WithSeeds] = {}
    for num_seeds in {difference.num_seeds for difference in differences}:
        places = [
            place
            for place, difference in enumerate(differences)
            if difference.num_seeds == num_seeds
        ]
        same = stacked([differences[place] for place in places])
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
            tested[place] = WithSeeds(*numbers)
    return [tested[place] for place in range(len(pairs))]


def _pair_statistics(pair: Pair, low: float, high: float, with_seeds: WithSeeds) -> PairStatistics:
    """The numbers of one pair, before any correction for the number of pairs."""
    flips_by_seed = flips(pair.seeds, pair.better_correct, pair.worse_correct)
    mcnemar_p = combined_p([flip.p for flip in flips_by_seed])
    won = sum(flip.right_to_wrong for flip in flips_by_seed)
    lost = sum(flip.wrong_to_right for flip in flips_by_seed)
    return PairStatistics(
        better=pair.better,
        worse=pair.worse,
        finding=Finding.NOT_SHOWN,
        seeds=pair.seeds,
        images=pair.better_correct.shape[1],
        difference=with_seeds.mean,
        low=low,
        high=high,
        low_with_seeds=with_seeds.mean - with_seeds.half_width,
        high_with_seeds=with_seeds.mean + with_seeds.half_width,
        mcnemar=flips_by_seed,
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
