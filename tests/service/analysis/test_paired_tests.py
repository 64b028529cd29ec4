"""Paired tests, held against independent implementations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from service.analysis.hypothesis_tests.holm import holm
from service.analysis.hypothesis_tests.images_and_seeds import over_images_and_seeds
from service.analysis.hypothesis_tests.mcnemar import combined_p, exact_p, flips
from service.analysis.hypothesis_tests.mean_difference import MeanDifference, Source

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

    [found] = flips({7: (better, worse)})

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


def test_with_one_seed_the_test_is_the_paired_t_test() -> None:
    generator = np.random.default_rng(3)
    first = generator.random(4000) < 0.92
    second = generator.random(4000) < 0.9

    found = over_images_and_seeds(first[None], second[None])

    theirs = stats.ttest_rel(first.astype(float), second.astype(float))
    assert float(found.mean) == pytest.approx(first.mean() - second.mean())
    assert float(found.p()) == pytest.approx(theirs.pvalue, rel=0.02)  # ours adds a flip each way


def test_with_endless_images_the_test_is_the_paired_t_test_over_seeds() -> None:
    of_seeds = np.array([0.010, 0.014, 0.006, 0.012])
    found = MeanDifference(
        of_seeds.mean(), (Source(0.0, 10**9), Source(of_seeds.var(ddof=1) / 4, 3))
    )

    assert float(found.p()) == pytest.approx(stats.ttest_1samp(of_seeds, 0).pvalue, rel=1e-6)
    theirs = stats.ttest_1samp(of_seeds, 0).confidence_interval()
    assert 0.0105 + found.half_width(0.05) == pytest.approx(theirs.high, rel=1e-9)


def test_equivalence_is_the_larger_of_two_one_sided_tests() -> None:
    generator = np.random.default_rng(4)
    differences = generator.choice([-1.0, 0, 1], p=[0.02, 0.96, 0.02], size=5000)
    found = MeanDifference(differences.mean(), (Source(differences.var(ddof=1) / 5000, 4999),))

    for margin in (0.001, 0.005, 0.02):
        below = stats.ttest_1samp(differences, margin, alternative="less").pvalue
        above = stats.ttest_1samp(differences, -margin, alternative="greater").pvalue
        assert float(found.equivalence_p(margin)) == pytest.approx(max(below, above), rel=1e-6)


@given(st.floats(0.0001, 0.1), st.floats(1e-9, 1e-4), st.floats(0, 1e-4), st.integers(2, 10))
def test_p_is_the_level_whose_interval_touches_zero(
    mean: float, of_images: float, of_seeds: float, num_seeds: int
) -> None:
    found = MeanDifference(mean, (Source(of_images, 999), Source(of_seeds, num_seeds - 1)))

    p = float(found.p())

    if 1e-15 < p < 1:
        assert float(found.half_width(p)) == pytest.approx(mean, rel=1e-6)


def test_a_seed_seen_again_adds_no_certainty_that_images_do_not_give() -> None:
    generator = np.random.default_rng(5)
    first, second = generator.random((2, 1, 500)) < np.array([0.9, 0.88])[:, None, None]
    once = over_images_and_seeds(first, second)
    again = over_images_and_seeds(np.repeat(first, 10, axis=0), np.repeat(second, 10, axis=0))

    assert float(again.p()) == pytest.approx(float(once.p()))
    [once_of_images] = flips({0: (first[0], second[0])})
    once_p = once_of_images.p
    assert combined_p([once_p] * 10) >= once_p
