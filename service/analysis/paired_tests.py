"""Every two architectures of a comparison, tested against each other on the same images, seeds and folds."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from service.analysis.hypothesis_tests.bootstrap import intervals
from service.analysis.hypothesis_tests.folds import over_folds
from service.analysis.hypothesis_tests.holm import holm
from service.analysis.hypothesis_tests.images_and_seeds import over_images_and_seeds
from service.analysis.hypothesis_tests.mcnemar import combined_p, flips
from service.analysis.hypothesis_tests.mean_difference import MeanDifference, stack
from service.analysis.matched_pairs import Pair, match_pair
from service.analysis.pair_statistics import (
    LEVEL,
    MARGIN,
    Finding,
    PairStatistics,
    Statistics,
)
from service.analysis.results import ComparisonResults


class MeanTest(NamedTuple):
    """The test of one pair's mean difference, over images and seeds or over folds."""

    mean: float
    half_width: float
    p: float
    equivalence_p: float


#: Margin → statistics, by results: the sentences, the table and the chart of a report share one test.
_CACHE: WeakKeyDictionary[ComparisonResults, dict[float, Statistics]] = WeakKeyDictionary()


def compare_pairs(results: ComparisonResults, *, margin: float = MARGIN) -> Statistics:
    """Test every two architectures that have a seed in common, or with folds at least two folds."""
    by_margin = _CACHE.setdefault(results, {})
    if margin not in by_margin:
        by_margin[margin] = _compare_pairs(results, margin)
    return by_margin[margin]


def _compare_pairs(results: ComparisonResults, margin: float) -> Statistics:
    pairs, left_out = [], []
    for first, second in itertools.combinations(results.with_results, 2):
        pair = match_pair(results, first, second)
        if pair:
            pairs.append(pair)
        else:
            left_out.append(f"{first} and {second}")
    tested = apply_holm(uncorrected_statistics(pairs, margin)) if pairs else []
    tested.sort(key=lambda pair: pair.difference, reverse=True)
    return Statistics(margin=margin, folds=results.folds, pairs=tested, left_out=left_out)


def uncorrected_statistics(pairs: Sequence[Pair], margin: float) -> list[PairStatistics]:
    """The numbers of each pair, before any correction for the number of pairs, and without a finding."""
    bootstrapped = _bootstrap_intervals(pairs)
    of_means = _test_means(pairs, margin)
    return [
        _pair_statistics(*numbers) for numbers in zip(pairs, bootstrapped, of_means, strict=True)
    ]


def apply_holm(tested: Sequence[PairStatistics]) -> list[PairStatistics]:
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


def _bootstrap_intervals(pairs: Sequence[Pair]) -> list[tuple[float, float]]:
    """The interval of every pair; pairs of equally many images see the same resamples."""
    columns = [pair.of_images for pair in pairs]
    found: dict[int, tuple[float, float]] = {}
    for num_images in {len(column) for column in columns}:
        places = [place for place, column in enumerate(columns) if len(column) == num_images]
        lows, highs = intervals(np.stack([columns[place] for place in places], axis=1))
        found |= zip(places, zip(lows.tolist(), highs.tolist(), strict=True), strict=True)
    return [found[place] for place in range(len(pairs))]


def _test_means(pairs: Sequence[Pair], margin: float) -> list[MeanTest]:
    """Test the mean of every pair; pairs of the same degrees of freedom are computed together."""
    differences = [_mean_difference(pair) for pair in pairs]
    found: dict[int, MeanTest] = {}
    for degrees_of_freedom in {difference.degrees_of_freedom for difference in differences}:
        places = [
            place
            for place, difference in enumerate(differences)
            if difference.degrees_of_freedom == degrees_of_freedom
        ]
        same = stack([differences[place] for place in places])
        numbers = (same.mean, same.half_width(LEVEL), same.p(), same.equivalence_p(margin))
        columns = np.stack([np.asarray(column) for column in numbers], axis=1)
        for place, row in zip(places, columns.tolist(), strict=True):
            found[place] = MeanTest(*row)
    return [found[place] for place in range(len(pairs))]


def _mean_difference(pair: Pair) -> MeanDifference:
    if pair.num_folds is None:
        [part] = pair.parts
        return over_images_and_seeds(part.better, part.worse)
    of_folds = np.array([part.difference for part in pair.parts])
    return over_folds(of_folds, num_folds=pair.num_folds, num_images=len(pair.of_images))


def _pair_statistics(
    pair: Pair, bootstrapped: tuple[float, float], of_mean: MeanTest
) -> PairStatistics:
    low, high = bootstrapped
    flips_by_seed = flips({seed: pair.correct(seed) for seed in pair.seeds})
    mcnemar_p = combined_p([flip.p for flip in flips_by_seed])
    won = sum(flip.right_to_wrong for flip in flips_by_seed)
    lost = sum(flip.wrong_to_right for flip in flips_by_seed)
    return PairStatistics(
        better=pair.better,
        worse=pair.worse,
        finding=Finding.NOT_SHOWN,
        seeds=pair.seeds,
        folds=pair.folds,
        trainings=sum(len(part.seeds) for part in pair.parts),
        images=len(pair.of_images),
        difference=of_mean.mean,
        low=low,
        high=high,
        low_with_seeds=of_mean.mean - of_mean.half_width,
        high_with_seeds=of_mean.mean + of_mean.half_width,
        mcnemar=flips_by_seed,
        mcnemar_p=mcnemar_p,
        p_with_seeds=of_mean.p,
        p=max(mcnemar_p, of_mean.p),
        p_adjusted=1.0,
        cohens_g=won / (won + lost) - 0.5 if won + lost else 0.0,
        equivalence_p=of_mean.equivalence_p,
        equivalence_p_adjusted=1.0,
    )


def _finding(pair: PairStatistics, p: float, equivalence_p: float) -> Finding:
    """No more than every interval and test together allow."""
    if p <= LEVEL and pair.low > 0 and pair.low_with_seeds > 0:
        return Finding.BETTER
    return Finding.EQUIVALENT if equivalence_p <= LEVEL else Finding.NOT_SHOWN
