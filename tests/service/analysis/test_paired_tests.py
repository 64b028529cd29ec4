"""Paired tests, held against independent implementations and against simulated comparisons."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from service.analysis.bootstrap import intervals
from service.analysis.holm import holm
from service.analysis.images_and_seeds import MeanDifference, mean_difference
from service.analysis.mcnemar import combined_p, exact_p, flips

LEVEL = 0.05
COMPARISONS = 2000

p_values = st.floats(0, 1)
counts = st.integers(0, 300)


@given(counts, counts)
def test_mcnemar_is_that_of_statsmodels(first: int, second: int) -> None:
    theirs = mcnemar([[5, first], [second, 5]], exact=True).pvalue

    assert float(exact_p(first, second)) == pytest.approx(theirs, rel=1e-9)


def test_mcnemar_finds_what_mcnemar_found() -> None:
    # Approval of a prime minister, asked twice: 150 changed one way, 86 the other (Agresti 1990,
    # table 10.1, z² = 17.36, an approximate p of 3.1e-5).
    assert float(exact_p(150, 86)) == pytest.approx(3.1e-5, rel=0.25)


def test_flips_are_counted_image_by_image() -> None:
    better = np.array([True, True, True, False, False])
    worse = np.array([True, False, False, True, False])

    [found] = flips([7], better[None], worse[None])

    assert (found.seed, found.right_to_wrong, found.wrong_to_right) == (7, 2, 1)
    assert found.p == 1.0


@pytest.mark.parametrize("tests", [1, 2, 3, 10, 66])
def test_holm_is_that_of_statsmodels(tests: int) -> None:
    values = np.random.default_rng(tests).random(tests) ** 4  # small ones among them

    assert holm(values.tolist()) == pytest.approx(multipletests(values, method="holm")[1].tolist())


def test_holm_of_no_test_is_none() -> None:
    assert holm([]) == []


@given(st.lists(p_values, min_size=1, max_size=20))
def test_seeds_together_are_never_surer_than_half_of_them(values: list[float]) -> None:
    combined = combined_p(values)

    assert combined >= np.sort(values)[(len(values) - 1) // 2]
    assert combined <= 1
    assert combined_p(values[:1]) == values[0]


def test_the_bootstrap_interval_is_that_of_scipy() -> None:
    generator = np.random.default_rng(1)
    differences = generator.choice([-1, 0, 1], p=[0.02, 0.9, 0.08], size=(1500, 2))

    lows, highs = intervals(differences.astype(float))

    for column, low, high in zip(differences.T, lows, highs, strict=True):
        theirs = stats.bootstrap(
            (column,), np.mean, n_resamples=5000, method="percentile", rng=2
        ).confidence_interval
        assert (low, high) == (
            pytest.approx(theirs.low, abs=2e-3),
            pytest.approx(theirs.high, abs=2e-3),
        )


def test_equal_networks_have_an_interval_of_no_width() -> None:
    lows, highs = intervals(np.zeros((100, 1)))

    assert (lows.tolist(), highs.tolist()) == ([0.0], [0.0])


def test_with_one_seed_the_test_is_the_paired_t_test() -> None:
    generator = np.random.default_rng(3)
    first = generator.random(4000) < 0.92
    second = generator.random(4000) < 0.9

    found = mean_difference(first[None], second[None])

    theirs = stats.ttest_rel(first.astype(float), second.astype(float))
    assert float(found.mean) == pytest.approx(first.mean() - second.mean())
    assert float(found.p()) == pytest.approx(theirs.pvalue, rel=0.02)  # ours adds a flip each way


def test_with_endless_images_the_test_is_the_paired_t_test_over_seeds() -> None:
    of_seeds = np.array([0.010, 0.014, 0.006, 0.012])
    found = MeanDifference(of_seeds.mean(), 0.0, of_seeds.var(ddof=1) / 4, 10**9, 4)

    assert float(found.p()) == pytest.approx(stats.ttest_1samp(of_seeds, 0).pvalue, rel=1e-6)
    theirs = stats.ttest_1samp(of_seeds, 0).confidence_interval()
    assert 0.0105 + found.half_width(0.05) == pytest.approx(theirs.high, rel=1e-9)


def test_equivalence_is_the_larger_of_two_one_sided_tests() -> None:
    generator = np.random.default_rng(4)
    differences = generator.choice([-1.0, 0, 1], p=[0.02, 0.96, 0.02], size=5000)
    found = MeanDifference(differences.mean(), differences.var(ddof=1) / 5000, 0.0, 5000, 1)

    for margin in (0.001, 0.005, 0.02):
        below = stats.ttest_1samp(differences, margin, alternative="less").pvalue
        above = stats.ttest_1samp(differences, -margin, alternative="greater").pvalue
        assert float(found.equivalence_p(margin)) == pytest.approx(max(below, above), rel=1e-6)


@given(st.floats(0.0001, 0.1), st.floats(1e-9, 1e-4), st.floats(0, 1e-4), st.integers(2, 10))
def test_p_is_the_level_whose_interval_touches_zero(
    mean: float, of_images: float, of_seeds: float, num_seeds: int
) -> None:
    found = MeanDifference(mean, of_images, of_seeds, 1000, num_seeds)

    p = float(found.p())

    if 1e-15 < p < 1:
        assert float(found.half_width(p)) == pytest.approx(mean, rel=1e-6)


def test_a_seed_seen_again_adds_no_certainty_that_images_do_not_give() -> None:
    generator = np.random.default_rng(5)
    first, second = generator.random((2, 1, 500)) < np.array([0.9, 0.88])[:, None, None]
    once = mean_difference(first, second)
    again = mean_difference(np.repeat(first, 10, axis=0), np.repeat(second, 10, axis=0))

    assert float(again.p()) == pytest.approx(float(once.p()))
    [once_of_images] = flips([0], first[:1], second[:1])
    once_p = once_of_images.p
    assert combined_p([once_p] * 10) >= once_p


def simulated(
    generator: np.random.Generator, *, seeds: int, images: int, shift_of_seeds: float
) -> np.ndarray:
    """Which images (2000, 3 architectures, S, N) are right, where all architectures are the same.

    Images differ in difficulty; every training is a little better or worse than another.
    """
    difficulty = generator.normal(2.2, 1.5, (COMPARISONS, 1, 1, images))
    of_training = generator.normal(0, shift_of_seeds, (COMPARISONS, 3, seeds, 1))
    noise = generator.logistic(size=(COMPARISONS, 3, seeds, images))
    return difficulty + of_training + noise > 0


@pytest.mark.parametrize(
    ("seeds", "shift_of_seeds"),  # one seed: the claim is of the trainings, which must be equal
    [(1, 0.0), *itertools.product([2, 3, 5], [0.0, 0.1, 0.5])],
)
def test_false_alarms_stay_below_the_level_over_all_pairs(
    seeds: int, shift_of_seeds: float
) -> None:
    generator = np.random.default_rng([seeds, round(10 * shift_of_seeds)])
    correct = simulated(generator, seeds=seeds, images=300, shift_of_seeds=shift_of_seeds)
    pairs = list(itertools.combinations(range(3), 2))
    of_pairs = []
    for first, second in pairs:
        won = (correct[:, first] & ~correct[:, second]).sum(axis=-1)
        lost = (correct[:, second] & ~correct[:, first]).sum(axis=-1)
        of_seeds = exact_p(won, lost)
        exact = np.array([combined_p(row) for row in of_seeds.tolist()])
        with_seeds = mean_difference(correct[:, first], correct[:, second]).p()
        of_pairs.append(np.maximum(exact, with_seeds))

    alarms = [min(holm(values)) <= LEVEL for values in np.stack(of_pairs, axis=1).tolist()]

    assert np.mean(alarms) <= LEVEL


def test_equivalence_is_not_claimed_of_what_differs_by_the_margin() -> None:
    generator = np.random.default_rng(6)
    margin, images = 0.02, 1000
    p_right = np.array([0.9, 0.9 - margin])[:, None, None, None]
    first, second = generator.random((2, COMPARISONS, 3, images)) < p_right

    claims = mean_difference(first, second).equivalence_p(margin) <= LEVEL

    assert claims.mean() <= LEVEL


def test_a_difference_that_is_there_is_found() -> None:
    generator = np.random.default_rng(7)
    p_right = np.array([0.99, 0.975])[:, None, None, None]
    first, second = generator.random((2, 200, 3, 10_000)) < p_right

    found = mean_difference(first, second).p() <= LEVEL

    assert found.mean() >= 0.95


def test_the_bootstrap_interval_holds_the_truth_as_often_as_it_says() -> None:
    generator = np.random.default_rng(8)
    columns = generator.choice([-1.0, 0, 1], p=[0.06, 0.88, 0.06], size=(500, COMPARISONS))

    lows, highs = intervals(columns, resamples=1000)

    assert np.mean((lows <= 0) & (highs >= 0)) >= 0.94
